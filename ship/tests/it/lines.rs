//! Lines that are more than bytes between newlines: of two bytes a letter, and in parts.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use tokio::time::sleep;

use crate::agent::{NO_SERVER, Place, wait_for};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn utf_16_is_followed_whatever_pieces_it_is_written_in() {
    let place = Place::new();
    let config = place.config(NO_SERVER);
    let config = config.replace("name = \"logs\"", "name = \"logs\"\nencoding = \"utf-16\"");
    let lines: Vec<String> = (0..300).map(|number| format!("Њ line 😀 {number}")).collect();
    let text = lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    let text = format!("\u{feff}{text}");
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let mut agent = Some(place.start(&config).await);
    for (number, piece) in bytes.chunks(701).enumerate() {
        let mut file = OpenOptions::new().create(true).append(true).open(place.path("a.log"));
        file.as_mut().unwrap().write_all(piece).unwrap();
        sleep(Duration::from_millis(5)).await;
        // Another run goes on in the midst of a file, where no mark tells the order of bytes.
        if number == 5 {
            agent.take().unwrap().stop().await.unwrap();
            agent = Some(place.start(&config).await);
        }
    }
    wait_for("all lines", || place.output().len() >= lines.len()).await;
    agent.unwrap().stop().await.unwrap();
    assert_eq!(place.output(), lines);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parts_of_a_line_survive_the_end_of_the_agent_and_another_configuration() {
    let place = Place::new();
    let config = place.config(&format!("{NO_SERVER}[[stage]]\ncri = {{}}\n"));
    let append = |text: &str| {
        let mut file = OpenOptions::new().create(true).append(true).open(place.path("a.log"));
        file.as_mut()
            .unwrap()
            .write_all(format!("2026-03-01T10:00:00Z {text}\n").as_bytes())
            .unwrap();
    };
    append("stdout F before");
    append("stdout P one ");
    let agent = place.start(&config).await;
    wait_for("a line", || place.output().len() == 1).await;
    agent.stop().await.unwrap();
    append("stderr F between");
    let mut agent = place.start(&config).await;
    wait_for("another line", || place.output().len() == 2).await;
    append("stdout P two ");
    agent
        .reload(Path::new("ship.toml"), &format!("{config}[[stage]]\nsample.rate = 1.0\n"))
        .await
        .unwrap();
    append("stdout F three");
    wait_for("the last line", || place.output().len() == 3).await;
    append("stdout P lost");
    append("stdout F end");
    append("stdout P never ended");
    wait_for("the last line", || place.output().len() == 4).await;
    // Without the stage, what it had is a dead letter.
    agent.reload(Path::new("ship.toml"), &place.config(NO_SERVER)).await.unwrap();
    agent.stop().await.unwrap();
    assert_eq!(place.output()[..4], ["before", "between", "one two three", "lostend"]);
    let letters = || fs::read_to_string(place.path("state/dead-letters.jsonl")).unwrap();
    let rest = place.output()[4..].join("");
    assert!(letters().contains("never ended") || rest.contains("never ended"), "{}", letters());
    // Once: the next run does not find it in the checkpoint.
    let count = letters().lines().count();
    place.start(&place.config(NO_SERVER)).await.stop().await.unwrap();
    assert_eq!(letters().lines().count(), count);
}
