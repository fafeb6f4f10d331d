//! What can go wrong outside of the core.

use std::path::PathBuf;

use setpoint_core::finding::{Retry, RetryWhen};

/// Why there is no answer. Whatever the core can say about a document is a finding and not an error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckerError {
    /// The call would have taken too much computing.
    #[error("`{document}` takes too much computing to check: expected at most {limit} units of fuel")]
    Fuel {
        /// What was being checked.
        document: String,
        /// The fuel that was given.
        limit: u64,
    },
    /// The guest asked for too much memory.
    #[error("`{document}` takes too much memory to check: expected at most {limit} bytes")]
    Memory {
        /// What was being checked.
        document: String,
        /// [`Limits::memory`](crate::Limits::memory).
        limit: usize,
    },
    /// The guest called itself too deeply.
    #[error("`{document}` takes too much stack to check: expected at most {limit} bytes")]
    Stack {
        /// What was being checked.
        document: String,
        /// [`Limits::stack`](crate::Limits::stack).
        limit: usize,
    },
    /// The guest asked for too large a table.
    #[error("`{document}` takes too large a table to check: expected at most {limit} elements")]
    Table {
        /// What was being checked.
        document: String,
        /// [`Limits::table`](crate::Limits::table).
        limit: usize,
    },
    /// The answer is too large.
    #[error("the answer for `{document}` is too large: expected at most {limit} bytes")]
    Output {
        /// What was being checked.
        document: String,
        /// [`Limits::output`](crate::Limits::output).
        limit: usize,
    },
    /// The text is too large to be handed to the guest.
    #[error("`{document}` is too large: it has {size} bytes, expected at most {limit}")]
    Input {
        /// What was to be checked.
        document: String,
        /// Bytes of the text.
        size: usize,
        /// [`Limits::input`](crate::Limits::input).
        limit: usize,
    },
    /// One line of a file that is checked line by line is too long.
    #[error("line {line} of `{file}` is too long: it has {size} bytes, expected at most {limit}")]
    Line {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// Bytes of the line.
        size: usize,
        /// [`Limits::line`](crate::Limits::line).
        limit: usize,
    },
    /// The guest stopped with a fault of its own.
    #[error("internal error while checking `{document}`: {message}")]
    Trap {
        /// What was being checked.
        document: String,
        /// What wasmtime says.
        message: String,
    },
    /// The guest refused the call or answered with something that is not an answer.
    #[error("internal error while checking `{document}`: {message}")]
    Answer {
        /// What was being checked.
        document: String,
        /// What is wrong.
        message: String,
    },
    /// The text given as bundle is not one.
    #[error("the bundle cannot be loaded: {message}")]
    Bundle {
        /// What the core says.
        message: String,
    },
    /// A file given as checker is not one.
    #[error("`{}` is not a checker: {fault}", .file.display())]
    Guest {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        fault: GuestFault,
    },
    /// A file given as checker cannot be read, or what was compiled from it cannot be kept.
    #[error("`{}` cannot be read: {source}", .file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The engine does not start.
    #[error("internal error: the checker does not start: {message}")]
    Start {
        /// What wasmtime says.
        message: String,
    },
}

/// What is wrong with a file that was given as checker.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GuestFault {
    /// It is something else.
    #[error("it is not WebAssembly; expected a component of the world `setpoint:core/checker`")]
    NotWasm,
    /// It is a module, not a component.
    #[error("it is a core module; expected a component of the world `setpoint:core/checker`")]
    CoreModule,
    /// It asks for something from outside.
    #[error("it imports `{import}`; expected a component without imports")]
    Imports {
        /// The first import.
        import: String,
    },
    /// It lacks the exports of a checker.
    #[error("it has no function `{export}` of the right type; expected the world `setpoint:core/checker`")]
    World {
        /// The first export that is missing or has another type.
        export: String,
    },
    /// It cannot be compiled or started.
    #[error("it does not load: {message}")]
    Invalid {
        /// What wasmtime says.
        message: String,
    },
}

/// What an error means for the exit code of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    /// The command line or the project file is wrong.
    Usage,
    /// The document could not be decided.
    Undecided,
    /// The outside failed; safe to run again.
    Outside,
    /// A fault of Setpoint.
    Internal,
}

impl Category {
    /// The exit code of a command that ends for this reason alone.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Usage => 2,
            Self::Undecided => 3,
            Self::Outside => 4,
            Self::Internal => 70,
        }
    }
}

impl CheckerError {
    /// What it means for the exit code.
    #[must_use]
    pub const fn category(&self) -> Category {
        match self {
            Self::Fuel { .. }
            | Self::Memory { .. }
            | Self::Stack { .. }
            | Self::Table { .. }
            | Self::Output { .. }
            | Self::Input { .. }
            | Self::Line { .. } => Category::Undecided,
            Self::Bundle { .. } | Self::Guest { .. } => Category::Usage,
            Self::Read { .. } => Category::Outside,
            Self::Trap { .. } | Self::Answer { .. } | Self::Start { .. } => Category::Internal,
        }
    }

    /// The same error about another document: a line instead of its file.
    pub(crate) fn of_document(mut self, name: &str) -> Self {
        if let Self::Fuel { document, .. }
        | Self::Memory { document, .. }
        | Self::Stack { document, .. }
        | Self::Table { document, .. }
        | Self::Output { document, .. }
        | Self::Input { document, .. }
        | Self::Trap { document, .. }
        | Self::Answer { document, .. } = &mut self
        {
            name.clone_into(document);
        }
        self
    }

    /// Whether a retry makes sense.
    #[must_use]
    pub fn retry(&self) -> Retry {
        let (when, text) = match self.category() {
            Category::Undecided => (
                RetryWhen::AfterEdit,
                "make the document smaller or simpler; sending it again unchanged gives the same error",
            ),
            Category::Usage => (RetryWhen::AfterEdit, "give another file; the same one gives the same error"),
            Category::Outside => (RetryWhen::AfterDelay, "run it again when the file can be read"),
            Category::Internal => (RetryWhen::Never, "please report it together with the document"),
        };
        Retry { when, text: text.into() }
    }
}
