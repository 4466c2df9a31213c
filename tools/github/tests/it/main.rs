//! The rules of the stand-in, one test for each row of the specification, named by its id.

mod checks;
mod client;
mod comments;
mod files;
mod graphql;
mod hooks;
mod limits;
mod pages;
mod requests;
mod sarif;
mod suggestions;
mod tokens;
mod view;
