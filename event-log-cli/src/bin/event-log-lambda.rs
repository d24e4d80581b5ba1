//! The function for AWS Lambda: takes the events of S3 that an object was created, and loads it. See
//! `event_log_cli::lambda` for its variables, and `docs/scale.md` for how a site runs it.

use std::sync::Arc;

use aws_lambda_events::event::s3::S3Event;
use event_log_cli::lambda::Function;
use lambda_runtime::{Error, LambdaEvent, Runtime, service_fn};

fn main() -> Result<(), Error> {
    let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    let variables: Vec<_> = std::env::vars_os().filter_map(text).collect();
    // Before the runtime: it waits for the network. What fails here is in the function's log.
    let function = Arc::new(Function::new(&variables)?);
    let handler = service_fn(move |event: LambdaEvent<S3Event>| {
        let function = Arc::clone(&function);
        async move {
            let load = move || function.handle(&event.payload);
            let loaded = tokio::task::spawn_blocking(load).await??;
            Ok::<_, Error>(serde_json::to_value(loaded)?)
        }
    });
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(Runtime::new(handler).run())
}
