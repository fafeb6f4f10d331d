//! One file per check. The registry below is what `setpoint explain` and the tests walk over.
