//! What a user sees when Setpoint itself is wrong.

use std::panic::PanicHookInfo;

/// Replaces the backtrace talk of the standard library by one line that says whose fault it is.
pub(crate) fn install_hook() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(|location| format!(" at {}:{}", location.file(), location.line()));
        crate::terminal::complain(&format!(
            "internal error{}: {}; please report it together with the command and its input",
            place.unwrap_or_default(),
            words(info).replace('\n', " ")
        ));
    }));
}

fn words(info: &PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
        (Some(words), _) => (*words).to_owned(),
        (None, Some(words)) => words.clone(),
        (None, None) => "no reason given".to_owned(),
    }
}
