//! The prompt of `delimark sql`, where a statement ends with `;`.

use std::env;
use std::fs;
use std::path::PathBuf;

use anyhow::Context;
use rustyline::error::ReadlineError;
use rustyline::{Config, DefaultEditor};

use super::Session;
use crate::{Exit, tell};

/// The lines that are remembered.
const HISTORY_LINES: usize = 1000;

const HELP: &str = "\
a statement ends with ; and may have many lines:
  SELECT status, count(*) FROM 'access.log' GROUP BY status;
  DESCRIBE 'access.log';    SHOW TABLES;    EXPLAIN ANALYZE SELECT ...;
quit or Ctrl-D leaves";

/// Reads statements and runs them until the user leaves.
pub(super) fn run(session: &Session<'_>) -> anyhow::Result<Exit> {
    let config = Config::builder().max_history_size(HISTORY_LINES)?.auto_add_history(false);
    let mut editor = DefaultEditor::with_config(config.build()).context("the prompt")?;
    let history = history_file();
    if let Some(path) = &history {
        // There is none yet the first time.
        let _ = editor.load_history(path);
    }
    tell(format_args!("help says how statements are written, quit leaves"));
    let mut text = String::new();
    loop {
        let prompt = if text.is_empty() { "sql> " } else { "  -> " };
        match editor.readline(prompt) {
            Ok(line) => match (text.is_empty(), line.trim().trim_end_matches(';')) {
                (true, "") => continue,
                (true, "quit" | "exit" | "\\q") => break,
                (true, "help" | "\\?" | "?") => {
                    tell(format_args!("{HELP}"));
                    continue;
                }
                _ => {
                    text.push_str(&line);
                    text.push('\n');
                }
            },
            // A statement that was begun is given up; the prompt stays.
            Err(ReadlineError::Interrupted) => {
                text.clear();
                continue;
            }
            Err(ReadlineError::Eof) => break,
            Err(error) => return Err(error).context("the prompt"),
        }
        if !text.trim_end().ends_with(';') {
            continue;
        }
        let _ = editor.add_history_entry(text.trim_end());
        if let Some(path) = &history {
            // A history that cannot be written is no reason not to run it.
            let _ = editor.append_history(path);
        }
        if let Err(error) = session.run_text(&text) {
            tell(format_args!("{error:#}"));
        }
        text.clear();
    }
    Ok(Exit::Success)
}

/// Returns the file of earlier statements, in the user's folder for such.
fn history_file() -> Option<PathBuf> {
    let folder = match env::var_os("XDG_STATE_HOME").filter(|folder| !folder.is_empty()) {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(env::var_os("HOME")?).join(".local/state"),
    };
    let folder = folder.join("delimark");
    fs::create_dir_all(&folder).ok()?;
    Some(folder.join("sql_history"))
}
