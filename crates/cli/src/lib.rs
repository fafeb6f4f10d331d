//! The setpoint command.
