//! The module in its instance: calls, its memory, and what becomes of a trap.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::time::{Duration, Instant};

use wasmi::{Config, Engine, Error, ExternType, Instance, Linker, Memory, Store, WasmParams};

/// A module addresses 4 GiB, but a Rust slice has half of that at most.
const INPUT_BYTES_MOST: u64 = (1 << 31) - (1 << 16);

/// A reason why a request was not done.
pub enum Failure {
    /// The runner goes on; the message is the answer.
    Refusal(String),
    /// The runner ends.
    Fatal(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refusal(message) | Self::Fatal(message) => formatter.write_str(message),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Fatal(error.to_string())
    }
}

/// A pass over the input.
pub struct Pass {
    /// The time of the one call.
    pub duration: Duration,
    /// Records, fields and checksum.
    pub answer: [u64; 3],
}

/// A module with an instance of it.
pub struct Module {
    module: wasmi::Module,
    linker: Linker<()>,
    store: Store<()>,
    instance: Instance,
    memory: Memory,
    compile_time: Duration,
}

impl Module {
    /// Translates the module and makes an instance.
    ///
    /// # Errors
    ///
    /// It is not valid, or lacks what every module of this project exports.
    pub fn new(code: &[u8]) -> Result<Self, Failure> {
        let mut config = Config::default();
        config.compilation_mode(wasmi::CompilationMode::Eager);
        let engine = Engine::new(&config);
        let begin = Instant::now();
        let module = wasmi::Module::new(&engine, code)?;
        let compile_time = begin.elapsed();
        let linker = with_traps(&module)?;
        let (store, instance, memory) = instantiate(&linker, &module)?;
        Ok(Self { module, linker, store, instance, memory, compile_time })
    }

    /// Returns the time that the translation took.
    pub fn compile_time(&self) -> Duration {
        self.compile_time
    }

    /// Returns the words that the module has for something, in one line.
    ///
    /// # Errors
    ///
    /// The module trapped.
    pub fn text(&mut self, name: &str) -> Result<String, Failure> {
        let start = self.address(&format!("delimark_{name}"), ())?;
        let length = self.address(&format!("delimark_{name}_bytes"), ())?;
        let memory = self.memory.data(&self.store);
        let bytes = start.checked_add(length).and_then(|end| memory.get(start..end));
        let bytes = bytes.ok_or_else(|| Failure::Fatal(format!("{name} is out of memory")))?;
        Ok(String::from_utf8_lossy(bytes).replace('\n', " "))
    }

    /// Calls a function of the module that takes a message and tells whether it could.
    ///
    /// # Errors
    ///
    /// It could not, or trapped.
    pub fn send(&mut self, message: &[u8], name: &str) -> Result<(), Failure> {
        let length = i32::try_from(message.len())
            .map_err(|_too_long| Failure::Refusal("the message is too long".to_owned()))?;
        let start = self.address("delimark_message", length)?;
        self.room(start, message.len())?.copy_from_slice(message);
        match self.address(name, ())? {
            0 => Err(Failure::Refusal(self.text("answer")?)),
            _ => Ok(()),
        }
    }

    /// Reads a file into the module's memory; returns its length in bytes.
    ///
    /// # Errors
    ///
    /// It cannot be read, or is more than the module can take.
    pub fn load(&mut self, path: &str) -> Result<u64, Failure> {
        let refusal = |error: std::io::Error| Failure::Refusal(format!("{path}: {error}"));
        let mut file = File::open(path).map_err(refusal)?;
        let length = file.metadata().map_err(refusal)?.len();
        if length > INPUT_BYTES_MOST {
            let message = format!("{length} bytes are more than the 2 GiB that a module can take");
            return Err(Failure::Refusal(message));
        }
        let bytes = i32::try_from(length).expect("it is less than 2 GiB");
        let start = self.address("delimark_input", bytes)?;
        if start == 0 {
            let message = format!("the module has no memory for {length} bytes");
            return Err(Failure::Refusal(message));
        }
        let room = self.room(start, usize::try_from(length).expect("it is less than 2 GiB"))?;
        file.read_exact(room).map_err(refusal)?;
        Ok(length)
    }

    /// Goes through the input once.
    ///
    /// # Errors
    ///
    /// The module cannot do it, or trapped.
    pub fn run(&mut self) -> Result<Pass, Failure> {
        // Looking it up is no part of the pass.
        let function = self.instance.get_typed_func::<(), i32>(&self.store, "delimark_run")?;
        let begin = Instant::now();
        let is_fine = function.call(&mut self.store, ());
        let duration = begin.elapsed();
        if is_fine.or_else(|error| Err(self.trap(&error)))? == 0 {
            return Err(Failure::Refusal(self.text("answer")?));
        }
        let mut answer = [0; 3];
        for (number, name) in answer.iter_mut().zip(["records", "fields", "checksum"]) {
            let name = format!("delimark_{name}");
            let function = self.instance.get_typed_func::<(), i64>(&self.store, &name)?;
            *number = function.call(&mut self.store, ())?.cast_unsigned();
        }
        Ok(Pass { duration, answer })
    }

    /// Calls a function that returns an address, a length or a truth.
    fn address(&mut self, name: &str, arguments: impl WasmParams) -> Result<usize, Failure> {
        let function = self.instance.get_typed_func::<_, i32>(&self.store, name)?;
        match function.call(&mut self.store, arguments) {
            Ok(value) => Ok(value.cast_unsigned() as usize),
            Err(error) => Err(self.trap(&error)),
        }
    }

    /// Says what a trap was. The state of the module is of no use any more: another one takes over.
    fn trap(&mut self, error: &Error) -> Failure {
        let words = self.text("last_words").unwrap_or_else(|failure| failure.to_string());
        match instantiate(&self.linker, &self.module) {
            Ok((store, instance, memory)) => {
                (self.store, self.instance, self.memory) = (store, instance, memory);
                let message = format!("the module trapped ({error}) {words}");
                Failure::Refusal(message.trim_end().to_owned())
            }
            Err(failure) => failure,
        }
    }

    /// Returns a part of the memory.
    fn room(&mut self, start: usize, length: usize) -> Result<&mut [u8], Failure> {
        let memory = self.memory.data_mut(&mut self.store);
        let room = start.checked_add(length).and_then(|end| memory.get_mut(start..end));
        room.ok_or_else(|| Failure::Fatal("the module names a place out of its memory".to_owned()))
    }
}

/// Links functions that trap: what the bindings import is only for the other half of the module.
fn with_traps(module: &wasmi::Module) -> Result<Linker<()>, Failure> {
    let mut linker = Linker::new(module.engine());
    for import in module.imports() {
        let name = format!("{}.{}", import.module(), import.name());
        let ExternType::Func(kind) = import.ty() else {
            return Err(Failure::Fatal(format!("the module imports {name}, which is no function")));
        };
        let trap = move |_: wasmi::Caller<'_, ()>, _: &[wasmi::Val], _: &mut [wasmi::Val]| {
            Err(Error::new(format!("the import {name} is not there")))
        };
        linker
            .func_new(import.module(), import.name(), kind.clone(), trap)
            .map_err(|error| Failure::Fatal(error.to_string()))?;
    }
    Ok(linker)
}

fn instantiate(
    linker: &Linker<()>,
    module: &wasmi::Module,
) -> Result<(Store<()>, Instance, Memory), Failure> {
    let mut store = Store::new(module.engine(), ());
    let instance = linker.instantiate_and_start(&mut store, module)?;
    let memory = instance.get_memory(&store, "memory");
    let memory = memory.ok_or_else(|| Failure::Fatal("the module has no memory".to_owned()))?;
    Ok((store, instance, memory))
}
