//! The list of a zip archive (APPNOTE.TXT 6.3), as far as archives of repositories go: where each entry is and how it is
//! packed. Nothing is unpacked here, and nothing is believed that is not checked.

/// Entries that an archive may have.
pub const MAX_ENTRIES: usize = 50_000;
/// Bytes that the end of an archive may take: its record and the longest comment.
pub const MAX_END: usize = 22 + 0xffff;
/// Bytes of a local header before name and extra field.
pub const LOCAL_HEADER: usize = 30;
/// Bytes that the list of entries may take.
pub const MAX_DIRECTORY: u64 = 32 * 1024 * 1024;

const END: &[u8; 4] = b"PK\x05\x06";
const ENTRY: &[u8; 4] = b"PK\x01\x02";
const LOCAL: &[u8; 4] = b"PK\x03\x04";

/// Where the list of entries is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Directory {
    /// Its first byte.
    pub offset: u64,
    /// Its bytes.
    pub length: u64,
}

/// A file in an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its path in the archive, as written there.
    pub path: String,
    /// Whether it is deflated rather than stored.
    pub is_deflated: bool,
    /// Its bytes in the archive.
    pub packed: u64,
    /// Its bytes, as the archive claims.
    pub size: u64,
    /// Where its local header begins.
    pub header: u64,
}

/// The list's place, from the last bytes of an archive of `size` bytes.
pub fn directory(tail: &[u8], size: u64) -> Result<Directory, &'static str> {
    let at =
        tail.windows(4).rposition(|window| window == END).ok_or("this is no zip archive, or only a part of one")?;
    let end = tail.get(at..at + 22).ok_or("the end of the archive is cut off")?;
    let count = number(end, 10, 2);
    let directory = Directory { length: number(end, 12, 4), offset: number(end, 16, 4) };
    if count == 0xffff || directory.offset == 0xffff_ffff || directory.length == 0xffff_ffff {
        return Err("archives of the zip64 kind (more than 65,534 files or 4 GB) are not read");
    }
    if number(end, 4, 2) != 0 || number(end, 8, 2) != count {
        return Err("this is one part of a divided archive");
    }
    if usize::try_from(count).is_ok_and(|count| count > MAX_ENTRIES) || directory.length > MAX_DIRECTORY {
        return Err("the archive has more files than are read");
    }
    if directory.offset + directory.length > size {
        return Err("the archive's list of files lies outside of it");
    }
    Ok(directory)
}

/// The files of the list; folders, links, encrypted and unusually packed files are left out, and those counted.
pub fn entries(list: &[u8]) -> Result<(Vec<Entry>, usize), &'static str> {
    let mut entries = Vec::new();
    let mut left_out = 0;
    let mut rest = list;
    while rest.starts_with(ENTRY) {
        let cut = "the archive's list of files is cut off";
        let header = rest.get(..46).ok_or(cut)?;
        let length = |at| usize::try_from(number(header, at, 2)).unwrap_or_default();
        let (name, extra, comment) = (length(28), length(30), length(32));
        let path = String::from_utf8_lossy(rest.get(46..46 + name).ok_or(cut)?).into_owned();
        rest = rest.get(46 + name + extra + comment..).ok_or(cut)?;
        let method = number(header, 10, 2);
        let is_encrypted = number(header, 8, 2) & 1 == 1;
        // Where the archive was made on Unix, the upper half are the bits of the file.
        let is_link = number(header, 4, 2) >> 8 == 3 && number(header, 38, 4) >> 28 == 0o12;
        if path.ends_with('/') {
            continue;
        }
        if is_encrypted || is_link || !matches!(method, 0 | 8) {
            left_out += 1;
            continue;
        }
        entries.push(Entry {
            path,
            is_deflated: method == 8,
            packed: number(header, 20, 4),
            size: number(header, 24, 4),
            header: number(header, 42, 4),
        });
        if entries.len() > MAX_ENTRIES {
            return Err("the archive has more files than are read");
        }
    }
    Ok((entries, left_out))
}

/// Bytes from the beginning of a local header to the data behind it.
pub fn data_offset(local: &[u8]) -> Result<u64, &'static str> {
    let header = local.get(..LOCAL_HEADER).filter(|header| header.starts_with(LOCAL));
    let header = header.ok_or("the archive's list of files points to something else")?;
    Ok(LOCAL_HEADER as u64 + number(header, 26, 2) + number(header, 28, 2))
}

/// The folder that all paths share, as the archives of repositories have one; with its slash.
pub fn common_folder(entries: &[Entry]) -> String {
    let Some((folder, _)) = entries.first().and_then(|first| first.path.split_once('/')) else { return String::new() };
    let folder = format!("{folder}/");
    if entries.iter().all(|entry| entry.path.starts_with(&folder)) { folder } else { String::new() }
}

/// A little-endian number; the caller has checked that it is there.
fn number(bytes: &[u8], at: usize, length: usize) -> u64 {
    let bytes = bytes.get(at..at + length).unwrap_or_default();
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An archive with stored files; `bits` are those of Unix.
    fn archive(files: &[(&str, &str, u32)]) -> Vec<u8> {
        let (mut out, mut list) = (Vec::new(), Vec::new());
        for (path, text, bits) in files {
            let header = u32::try_from(out.len()).unwrap();
            let size = u32::try_from(text.len()).unwrap();
            let name = u16::try_from(path.len()).unwrap();
            out.extend(LOCAL);
            out.extend([0; 22]);
            out.extend(name.to_le_bytes());
            out.extend([0; 2]);
            out.extend(path.bytes().chain(text.bytes()));
            list.extend(ENTRY);
            list.extend([0, 3]);
            list.extend([0; 14]);
            list.extend(size.to_le_bytes());
            list.extend(size.to_le_bytes());
            list.extend(name.to_le_bytes());
            list.extend([0; 8]);
            list.extend((bits << 16).to_le_bytes());
            list.extend(header.to_le_bytes());
            list.extend(path.bytes());
        }
        let (offset, length) = (u32::try_from(out.len()).unwrap(), u32::try_from(list.len()).unwrap());
        let count = u16::try_from(files.len()).unwrap();
        out.extend(list);
        out.extend(END);
        out.extend([0; 4]);
        out.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
        out.extend(length.to_le_bytes());
        out.extend(offset.to_le_bytes());
        out.extend([0; 2]);
        out
    }

    fn read(bytes: &[u8]) -> Result<(Vec<Entry>, usize), &'static str> {
        let tail = &bytes[bytes.len().saturating_sub(MAX_END)..];
        let directory = directory(tail, bytes.len() as u64)?;
        let range =
            usize::try_from(directory.offset).unwrap()..usize::try_from(directory.offset + directory.length).unwrap();
        entries(&bytes[range])
    }

    #[test]
    fn files_are_found_where_they_are() {
        let bytes = archive(&[("repo-main/", "", 0), ("repo-main/requirements.txt", "flask\n", 0o100_644)]);
        let (entries, left_out) = read(&bytes).unwrap();
        assert_eq!((entries.len(), left_out, common_folder(&entries).as_str()), (1, 0, "repo-main/"));
        let header = usize::try_from(entries[0].header).unwrap();
        let data = header + usize::try_from(data_offset(&bytes[header..]).unwrap()).unwrap();
        assert_eq!(&bytes[data..data + usize::try_from(entries[0].packed).unwrap()], b"flask\n");
    }

    #[test]
    fn links_are_left_out() {
        let (entries, left_out) = read(&archive(&[("a", "/etc/passwd", 0o120_777), ("b", "", 0)])).unwrap();
        assert_eq!((entries[0].path.as_str(), left_out), ("b", 1));
    }

    #[test]
    fn what_is_no_archive_is_refused_with_words() {
        for bytes in [&b""[..], b"PK", b"PK\x05\x06", &[0; 100]] {
            assert!(read(bytes).is_err());
        }
        let whole = archive(&[("a", "text", 0), ("b", "text", 0)]);
        for end in 0..whole.len() {
            // Never a panic, whatever is cut off.
            let _ = read(&whole[..end]);
            let _ = entries(&whole[end..]);
            let _ = data_offset(&whole[end..]);
        }
        let mut lying = whole.clone();
        let at = lying.len() - 6;
        lying[at..at + 4].copy_from_slice(&0xff_ffff_u32.to_le_bytes());
        assert_eq!(read(&lying), Err("the archive's list of files lies outside of it"));
    }
}
