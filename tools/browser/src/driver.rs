//! A client of the protocol that browsers are driven by, as far as one page of ours needs it.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::Agent;

/// How long something on the page may take; generous, for a busy machine.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// Quiet, without a network beyond this machine, and with nothing of the person's own.
pub(crate) const FLAGS: [&str; 13] = [
    "--headless",
    "--no-sandbox", // root in a container has none
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-search-engine-choice-screen",
    "--disable-features=DialMediaRouteProvider,Translate",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--lang=en-GB",
];

/// Chromium with a profile of its own. Ends when it is dropped.
#[derive(Debug)]
pub struct Browser {
    driver: Child,
    agent: Agent,
    session: String,
    /// Its own profile, which goes when it goes.
    profile: TempDir,
}

/// How to start it.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Width and height of the window.
    pub window: Option<(u32, u32)>,
    /// More flags.
    pub flags: Vec<String>,
}

impl Browser {
    /// Starts the driver and a browser.
    ///
    /// # Errors
    ///
    /// Where Chromium or its driver is not installed or does not start.
    pub fn start(options: &Options) -> Result<Self> {
        let profile = tempfile::tempdir()?;
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("starting chromedriver (Debian: apt-get install chromium chromium-driver)")?;
        let port = port(&mut driver)?;
        let config = Agent::config_builder().http_status_as_error(false).timeout_global(Some(4 * PATIENCE));
        let agent: Agent = config.build().into();
        let mut browser = Self { driver, agent, session: format!("http://127.0.0.1:{port}/session"), profile };
        let (width, height) = options.window.unwrap_or((1280, 800));
        let mut flags: Vec<String> = FLAGS.map(str::to_owned).to_vec();
        flags.push(format!("--user-data-dir={}", browser.profile.path().display()));
        flags.push(format!("--window-size={width},{height}"));
        flags.extend(options.flags.iter().cloned());
        let chosen = json!({
            "browserName": "chrome",
            "goog:chromeOptions": { "args": flags },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
            "timeouts": { "script": 120_000, "pageLoad": 120_000 },
        });
        let started = browser.post("", &json!({ "capabilities": { "alwaysMatch": chosen } }))?;
        let id = started["sessionId"].as_str().context("no session")?;
        let _ = write!(browser.session, "/{id}");
        Ok(browser)
    }

    /// The process that all of the browser's descend from.
    pub fn process(&self) -> u32 {
        self.driver.id()
    }

    /// Opens an address and waits until it has loaded.
    ///
    /// # Errors
    ///
    /// Where nothing answers there.
    pub fn open(&self, url: &str) -> Result<()> {
        self.post("/url", &json!({ "url": url })).map(drop)
    }

    /// Loads the page again.
    ///
    /// # Errors
    ///
    /// Where nothing answers any more.
    pub fn reload(&self) -> Result<()> {
        self.post("/refresh", &json!({})).map(drop)
    }

    /// What the body of a function gives; it may use `await` and has `args`.
    ///
    /// # Errors
    ///
    /// What it throws.
    pub fn run(&self, body: &str, args: &[Value]) -> Result<Value> {
        let script = format!("return (async (...args) => {{ {body} }})(...arguments);");
        self.post("/execute/sync", &json!({ "script": script, "args": args }))
    }

    /// Waits until an expression holds, and gives its value.
    ///
    /// # Errors
    ///
    /// Where that takes too long; the error shows the page's text.
    pub fn wait_for(&self, expression: &str) -> Result<Value> {
        let start = Instant::now();
        loop {
            let value = self.run(&format!("return ({expression});"), &[])?;
            if value.as_bool().unwrap_or(!value.is_null()) {
                return Ok(value);
            }
            if start.elapsed() > PATIENCE {
                let shown = self.run("return document.body.innerText.slice(0, 2000);", &[])?;
                let console = self.console()?.join("\n");
                bail!(
                    "`{expression}` never held; the page shows:\n{}\nconsole:\n{console}",
                    shown.as_str().unwrap_or("")
                );
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Clicks on the middle of an element, as a person does.
    ///
    /// # Errors
    ///
    /// Where there is none, or something lies over it.
    pub fn click(&self, selector: &str) -> Result<()> {
        let id = self.element(selector)?;
        self.post(&format!("/element/{id}/click"), &json!({})).with_context(|| selector.to_owned()).map(drop)
    }

    /// Types into an element.
    ///
    /// # Errors
    ///
    /// Where there is none that takes text.
    pub fn write(&self, selector: &str, text: &str) -> Result<()> {
        let id = self.element(selector)?;
        let done = self.post(&format!("/element/{id}/value"), &json!({ "text": text }));
        done.with_context(|| selector.to_owned()).map(drop)
    }

    /// Presses keys wherever the focus is, one after the other: a character, or a name as `Tab`, `Shift+Tab`, `Enter`.
    ///
    /// # Errors
    ///
    /// Where a name is unknown.
    pub fn press(&self, keys: &[&str]) -> Result<()> {
        let mut actions = Vec::new();
        for key in keys {
            let words: Vec<String> = key.split('+').map(code).collect::<Result<_>>()?;
            actions.extend(words.iter().map(|key| json!({ "type": "keyDown", "value": key })));
            actions.extend(words.iter().rev().map(|key| json!({ "type": "keyUp", "value": key })));
        }
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": actions });
        self.post("/actions", &json!({ "actions": [keyboard] })).map(drop)
    }

    /// A command of Chromium's own protocol.
    ///
    /// # Errors
    ///
    /// What it says.
    pub fn devtools(&self, command: &str, parameters: &Value) -> Result<Value> {
        self.post("/goog/cdp/execute", &json!({ "cmd": command, "params": parameters })).context(command.to_owned())
    }

    /// What the browser wrote on its console since the last call, violations of the content security policy included.
    ///
    /// # Errors
    ///
    /// Those of the driver.
    pub fn console(&self) -> Result<Vec<String>> {
        let entries = self.post("/se/log", &json!({ "type": "browser" }))?;
        let text = |entry: &Value| {
            format!("{}: {}", entry["level"].as_str().unwrap_or("?"), entry["message"].as_str().unwrap_or("?"))
        };
        Ok(entries.as_array().into_iter().flatten().map(text).collect())
    }

    /// What the page asked for since the last call.
    ///
    /// # Errors
    ///
    /// Those of the driver.
    pub fn requests(&self) -> Result<Vec<String>> {
        let entries = self.post("/se/log", &json!({ "type": "performance" }))?;
        let mut urls = Vec::new();
        for entry in entries.as_array().into_iter().flatten() {
            let message: Value = serde_json::from_str(entry["message"].as_str().unwrap_or("null"))?;
            let message = &message["message"];
            if message["method"] == "Network.requestWillBeSent" {
                urls.extend(message["params"]["request"]["url"].as_str().map(str::to_owned));
            }
        }
        Ok(urls)
    }

    /// What the window shows, as an image in a format of Chromium's: `png`, `webp`.
    ///
    /// # Errors
    ///
    /// Those of the driver.
    pub fn picture(&self, format: &str) -> Result<Vec<u8>> {
        let mut parameters = json!({ "format": format });
        if format == "webp" {
            parameters["quality"] = json!(50);
        }
        let shot = self.devtools("Page.captureScreenshot", &parameters)?;
        STANDARD.decode(shot["data"].as_str().context("no picture")?).context("the picture")
    }

    fn element(&self, selector: &str) -> Result<String> {
        let found = self.post("/element", &json!({ "using": "css selector", "value": selector }));
        let found = found.with_context(|| selector.to_owned())?;
        let id = found.as_object().and_then(|found| found.values().next()).and_then(Value::as_str);
        Ok(id.context("no element")?.to_owned())
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let url = format!("{}{path}", self.session);
        let sent = self.agent.post(&url).header("Content-Type", "application/json").send(body.to_string());
        let mut answer = sent.with_context(|| path.to_owned())?;
        let text = answer.body_mut().with_config().limit(1 << 28).read_to_string()?;
        let mut answer: Value = serde_json::from_str(&text).context("the driver's answer")?;
        let value = answer["value"].take();
        match value["error"].as_str() {
            Some(error) => Err(anyhow!("{error}: {}", value["message"].as_str().unwrap_or_default())),
            None => Ok(value),
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.agent.delete(&self.session).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// The port that the driver says it listens on.
fn port(driver: &mut Child) -> Result<u16> {
    let output = driver.stdout.take().context("no output")?;
    let mut lines = BufReader::new(output).lines();
    let port = lines.by_ref().map_while(Result::ok).find_map(|line| {
        let (_, port) = line.split_once("started successfully on port ")?;
        port.trim_end_matches('.').parse().ok()
    });
    // Somebody has to listen, or the driver stops when the pipe is full.
    thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
    port.context("chromedriver did not start")
}

/// A key as the protocol writes it.
fn code(key: &str) -> Result<String> {
    let code = match key {
        "Shift" => '\u{e008}',
        "Control" => '\u{e009}',
        "Alt" => '\u{e00a}',
        "Tab" => '\u{e004}',
        "Enter" => '\u{e007}',
        "Escape" => '\u{e00c}',
        "Space" => ' ',
        "End" => '\u{e010}',
        "Home" => '\u{e011}',
        "Left" => '\u{e012}',
        "Up" => '\u{e013}',
        "Right" => '\u{e014}',
        "Down" => '\u{e015}',
        "Delete" => '\u{e017}',
        "F6" => '\u{e036}',
        "F8" => '\u{e038}',
        _ => {
            let mut chars = key.chars();
            match (chars.next(), chars.next()) {
                (Some(c), None) => c,
                _ => bail!("there is no key `{key}`"),
            }
        }
    };
    Ok(code.to_string())
}
