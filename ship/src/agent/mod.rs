//! The agent: the intake, a task for each sink, and the server, started by a configuration, changed
//! by another one, and stopped so that everything read is kept.

mod plan;
mod privileges;
mod rehearsal;
mod run;
mod server;
mod sinks;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;

use self::plan::Plan;
pub use self::plan::check;
use self::privileges::Identity;
use self::rehearsal::rehearse;
pub use self::run::run;
use self::server::Server;
use self::sinks::RunningSink;
use crate::checkpoint::Checkpoint;
use crate::config::{Config, ConfigError};
use crate::dead_letters::DeadLetterFile;
use crate::event::{Event, Events};
use crate::intake::{Command, End, Inlet, Intake, Output, Parts, Surroundings};
use crate::metrics::Metrics;
use crate::sources::Source;
use crate::stages::Dead;
use crate::telemetry::Telemetry;

/// The name of the file of dead letters in the agent's folder, unless another one is given.
const DEAD_LETTERS: &str = "dead-letters.jsonl";

/// The folder of queues in the agent's folder.
const QUEUES: &str = "queues";

/// An agent that runs.
pub struct Agent {
    config: Config,
    surroundings: Surroundings,
    commands: Sender<Command>,
    end: oneshot::Receiver<End>,
    sinks: BTreeMap<String, RunningSink>,
    server: Option<Server>,
    telemetry: Option<Telemetry>,
}

/// The reason why an agent does not begin, or cannot go on.
#[derive(Debug)]
pub enum AgentError {
    /// The configuration is not right.
    Config(ConfigError),
    /// The machine does not allow it.
    Io(io::Error),
}

impl std::fmt::Display for AgentError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Config(error) => error.fmt(formatter),
            Self::Io(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for AgentError {}

impl From<ConfigError> for AgentError {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}

impl From<io::Error> for AgentError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Agent {
    /// Starts an agent by the text of a configuration file.
    ///
    /// # Errors
    ///
    /// The text is no configuration, or a folder, a file or an address cannot be used.
    pub async fn start(
        path: &Path,
        text: &str,
        events: Arc<dyn Events>,
    ) -> Result<Self, AgentError> {
        let (config, plan) = Plan::read(path, text)?;
        rehearse(&config, None).map_err(|misplaced| misplaced.locate(path, text))?;
        let folder = config.state.folder.clone();
        let identity = config.privileges.as_ref().map(|own| Identity::find(own.get_ref()));
        let identity = identity.transpose().map_err(io::Error::other)?;
        make_folder(&folder, identity.as_ref())?;
        let checkpoint = Checkpoint::read(&folder)?;
        let metrics = Arc::new(Metrics::default());
        begin_counts(&config, &metrics);
        let server = Server::start(&config.server, &metrics).await?;
        let otlp = config.telemetry.otlp.as_ref();
        let telemetry =
            otlp.map(|otlp| Telemetry::start(otlp.get_ref(), &metrics, &events)).transpose()?;
        let events = telemetry.as_ref().map_or(events.clone(), |own| own.events(events));
        let (inlets, dead) = change_inlets(&config, plan, Vec::new(), &checkpoint, &events).await?;
        // All that only root may open is open; what is written from now on is the user's.
        if let Some(identity) = identity {
            identity.take_on(&folder)?;
        }
        let letters = config.dead_letter.as_ref().map(|letters| letters.path.clone());
        let letters = letters.unwrap_or_else(|| folder.join(DEAD_LETTERS));
        let dead_letters =
            DeadLetterFile::open(&letters).map_err(|error| named(&letters, &error))?;
        let checkpoint_interval = Duration::from_millis(config.state.checkpoint_milliseconds);
        let surroundings =
            Surroundings { folder, checkpoint_interval, dead_letters, metrics, events };
        let (commands, receiver) = channel();
        let (end_sender, end) = oneshot::channel();
        let dispatch = telemetry.as_ref().map(Telemetry::dispatch);
        let sinks = BTreeMap::new();
        let mut own = Self { config, surroundings, commands, end, sinks, server, telemetry };
        let outputs = own.change_sinks(&own.config.clone(), Vec::new()).await?;
        let parts = Parts { inlets, outputs, dead };
        let intake = Intake::new(parts, own.surroundings.clone(), checkpoint, receiver);
        let run = move || {
            let end = match dispatch {
                Some(dispatch) => tracing::dispatcher::with_default(&dispatch, || intake.run()),
                None => intake.run(),
            };
            // Nobody is there to be told where the agent was dropped.
            let _ = end_sender.send(end);
        };
        thread::Builder::new().name("intake".to_owned()).spawn(run)?;
        if let Some(server) = &own.server {
            server.set_ready(true);
        }
        Ok(own)
    }

    /// Waits until no source has anything more, or the intake fails.
    ///
    /// # Errors
    ///
    /// The intake cannot go on without losing lines: the disk fails.
    pub async fn wait(&mut self) -> Result<(), AgentError> {
        match (&mut self.end).await {
            Ok(End::Stopped | End::Finished) => Ok(()),
            Ok(End::Failed(error)) => Err(error.into()),
            Err(_) => Err(io::Error::other("the intake has panicked").into()),
        }
    }

    /// Takes another configuration, which is checked as a whole first, as is what it needs of the
    /// machine. The change comes between two reads of a source.
    ///
    /// # Errors
    ///
    /// The text is no configuration, changes what cannot be changed, or needs what cannot be had:
    /// the former one is in force then. Where the machine fails in the midst of the change, the
    /// agent has to be stopped.
    pub async fn reload(&mut self, path: &Path, text: &str) -> Result<(), AgentError> {
        let (config, plan) = Plan::read(path, text)
            .and_then(|planned| self.check_unchangeable(path, planned))
            .and_then(|planned| {
                let rehearsed = rehearse(&planned.0, Some(&self.config));
                rehearsed.map_err(|misplaced| misplaced.locate(path, text)).map(|()| planned)
            })
            .inspect_err(|error| {
                self.surroundings.metrics.count_reload(false);
                self.surroundings.events.take(&Event::ReloadRefused { error: error.to_string() });
            })?;
        let (sender, receiver) = oneshot::channel();
        let gone = || io::Error::other("the intake has ended");
        self.commands.send(Command::Pause(sender)).map_err(|_| gone())?;
        let former = receiver.await.map_err(|_| gone())?;
        let checkpoint = Checkpoint::read(&self.surroundings.folder)?;
        let outputs = self.change_sinks(&config, former.outputs).await?;
        let events = &self.surroundings.events;
        let (inlets, dead) =
            change_inlets(&config, plan, former.inlets, &checkpoint, events).await?;
        begin_counts(&config, &self.surroundings.metrics);
        self.commands.send(Command::Go(Parts { inlets, outputs, dead })).map_err(|_| gone())?;
        self.config = config;
        self.surroundings.metrics.count_reload(true);
        let summary = plan::summary(&self.config);
        self.surroundings.events.take(&Event::Reloaded { summary });
        Ok(())
    }

    /// Refuses a change of what is opened once.
    fn check_unchangeable(
        &self,
        path: &Path,
        (config, plan): (Config, Plan),
    ) -> Result<(Config, Plan), ConfigError> {
        let changed = [
            ("state", config.state != self.config.state),
            ("queue", config.queue != self.config.queue),
            ("server", config.server != self.config.server),
            ("telemetry", config.telemetry != self.config.telemetry),
            ("privileges", config.privileges != self.config.privileges),
            ("dead_letter", config.dead_letter != self.config.dead_letter),
        ];
        match changed.iter().find(|(_, has_changed)| *has_changed) {
            None if self.has_other_stdin(&config) => {
                Err(ConfigError::needs_restart(path, "encoding or max_line_bytes of stdin"))
            }
            None => Ok((config, plan)),
            Some((name, _)) => Err(ConfigError::needs_restart(path, &format!("[{name}]"))),
        }
    }

    /// Tells whether lines of standard input would be cut in another way: what reads it cannot be
    /// started again, since the one before it would take a read from it.
    fn has_other_stdin(&self, config: &Config) -> bool {
        let rules = |config: &Config| {
            let sources = config.sources.iter().map(toml::Spanned::get_ref);
            let mut stdin = sources.filter(|source| source.is_stdin());
            stdin.next().map(|source| {
                let encoding = source.encoding.as_ref().map(|name| name.get_ref().clone());
                (source.max_line_bytes, encoding)
            })
        };
        let (former, latter) = (rules(&self.config), rules(config));
        former.is_some() && latter.is_some() && former != latter
    }

    /// Reads no more, writes a checkpoint, lets sinks write what waits, and ends. What a sink does
    /// not write in time stays in its queue.
    ///
    /// # Errors
    ///
    /// The last checkpoint could not be written.
    pub async fn stop(mut self) -> Result<(), AgentError> {
        // One that has ended by itself needs no telling.
        let _ = self.commands.send(Command::Stop);
        let result = if self.end.is_terminated() { Ok(()) } else { self.wait().await };
        for (_, sink) in std::mem::take(&mut self.sinks) {
            sink.stop(&*self.surroundings.events).await;
        }
        if let Some(telemetry) = self.telemetry.take() {
            telemetry.stop().await;
        }
        result
    }

    /// Stops sinks that another configuration has not, or has otherwise, and starts its new ones.
    async fn change_sinks(
        &mut self,
        config: &Config,
        mut outputs: Vec<Output>,
    ) -> Result<Vec<Output>, AgentError> {
        let wanted: BTreeMap<&str, _> = config
            .sinks
            .iter()
            .map(|sink| (sink.get_ref().name.get_ref().as_str(), sink))
            .collect();
        let is_same = |name: &str, sink: &RunningSink| {
            wanted.get(name).is_some_and(|config| sink.is_of(config.get_ref()))
        };
        let former = std::mem::take(&mut self.sinks);
        let (kept, stopped): (BTreeMap<_, _>, BTreeMap<_, _>) =
            former.into_iter().partition(|(name, sink)| is_same(name, sink));
        outputs.retain(|output| kept.contains_key(&output.sink));
        let gauges = |outputs: &[Output]| {
            outputs.iter().map(|output| (output.sink.clone(), output.writer.gauge())).collect()
        };
        // A queue is closed when nobody has a part of it.
        self.surroundings.metrics.set_queues(gauges(&outputs));
        for (_, sink) in stopped {
            sink.stop(&*self.surroundings.events).await;
        }
        self.sinks = kept;
        for (name, sink) in wanted {
            if self.sinks.contains_key(name) {
                continue;
            }
            let folder = self.surroundings.folder.join(QUEUES).join(name);
            let (running, writer) =
                RunningSink::start(sink, &folder, &config.queue, &self.surroundings)?;
            self.sinks.insert(name.to_owned(), running);
            outputs.push(Output { sink: name.to_owned(), writer });
        }
        self.surroundings.metrics.set_queues(gauges(&outputs));
        Ok(outputs)
    }
}

/// Goes on with sources that another configuration has, too, and starts its new ones. What is left
/// of lines that have not ended, and that no stage takes any more, comes back beside them.
async fn change_inlets(
    config: &Config,
    plan: Plan,
    former: Vec<Inlet>,
    checkpoint: &Checkpoint,
    events: &Arc<dyn Events>,
) -> Result<(Vec<Inlet>, Vec<Dead>), AgentError> {
    let mut former: BTreeMap<String, Inlet> =
        former.into_iter().map(|inlet| (inlet.name.clone(), inlet)).collect();
    let mut inlets = Vec::new();
    let mut closed = Vec::new();
    let mut dead = Vec::new();
    for (source, mut pipeline) in config.sources.iter().zip(plan.pipelines) {
        let (span, source) = (source.span(), source.get_ref());
        let name = source.name.get_ref().clone();
        let kind = source.kind(span).map_err(io::Error::other)?;
        let encoding = source.encoding().map_err(io::Error::other)?;
        if let Some(mut own) = former.remove(&name) {
            if own.source.reconfigure(source, kind).map_err(io::Error::other)? {
                dead.extend(pipeline.hold_again(own.pipeline.held()));
                inlets.push(Inlet { name, encoding, source: own.source, pipeline });
                continue;
            }
            // Before the new one begins, which may have the same address.
            if own.source.close().await {
                closed.push(own);
            }
        }
        let states = checkpoint.sources.get(&name).cloned();
        let source = Source::start(source, kind, states, events)?;
        let held = checkpoint.held.get(&name).filter(|_| source.is_file());
        dead.extend(pipeline.hold_again(held.cloned().unwrap_or_default()));
        inlets.push(Inlet { name, encoding, source, pipeline });
    }
    for mut own in former.into_values() {
        if own.source.close().await {
            closed.push(own);
        }
    }
    inlets.extend(closed);
    Ok((inlets, dead))
}

/// Shows counts of all that is configured from now on.
fn begin_counts(config: &Config, metrics: &Metrics) {
    for source in &config.sources {
        metrics.begin_source(source.get_ref().name.get_ref());
    }
    for sink in &config.sinks {
        metrics.begin_sink(sink.get_ref().name.get_ref());
    }
}

/// Makes the folder of the agent's own files, if it is not there, for whom it will belong to.
fn make_folder(folder: &Path, identity: Option<&Identity>) -> io::Result<()> {
    let wrong = |error: io::Error| {
        let message = format!("{}: the state's folder: {error}", folder.display());
        io::Error::new(error.kind(), message)
    };
    let is_new = !folder.exists();
    std::fs::create_dir_all(folder).map_err(wrong)?;
    match identity {
        Some(identity) if is_new => identity.give(folder).map_err(wrong),
        _ => Ok(()),
    }
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
