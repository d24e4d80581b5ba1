//! Credentials, endpoint and time-outs, from the variables `AWS_…`.

use std::fmt;
use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::{BackoffConfig, ClientOptions, Error, RetryConfig};

/// A request takes no longer, unless `AWS_TIMEOUT` says otherwise: a batch's largest file over a slow line.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The variable of the AWS tools that bounds how often a request is made.
const ATTEMPTS: &str = "AWS_MAX_ATTEMPTS";

/// The default of [`ATTEMPTS`]: with the pauses between, half a minute of trouble.
const DEFAULT_ATTEMPTS: usize = 9;

/// The variables whose names begin with `AWS_`.
///
/// | variable | what |
/// | --- | --- |
/// | `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN` | credentials; without them, those of the machine's or container's role |
/// | `AWS_REGION`, `AWS_DEFAULT_REGION` | the bucket's region; `us-east-1` if not given |
/// | `AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_S3` | another server than Amazon's; `http://` is taken as well |
/// | `AWS_VIRTUAL_HOSTED_STYLE_REQUEST` | `true`: the bucket stands in the host's name, not in the path |
/// | `AWS_TIMEOUT`, `AWS_CONNECT_TIMEOUT` | how long a request and a connection may take, as in `90s`; 60 s and 5 s |
/// | `AWS_MAX_ATTEMPTS` | how often a request is made; 9, over about half a minute |
///
/// Further ones are those of [`AmazonS3ConfigKey`]. Files such as `~/.aws/credentials` are not read.
#[derive(Clone, Default)]
pub struct Environment {
    variables: Vec<(String, String)>,
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The values are secrets, some of them.
        f.debug_set().entries(self.variables.iter().map(|(name, _)| name)).finish()
    }
}

impl FromIterator<(String, String)> for Environment {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(variables: I) -> Self {
        let ours = |(name, _): &(String, String)| name.starts_with("AWS_");
        Self { variables: variables.into_iter().filter(ours).collect() }
    }
}

impl Environment {
    /// That of this process.
    #[must_use]
    pub fn of_process() -> Self {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        std::env::vars_os().filter_map(text).collect()
    }

    /// A client for a bucket.
    ///
    /// # Errors
    /// If a variable cannot be understood, or one is missing.
    pub(super) fn client(&self, bucket: &str) -> Result<AmazonS3, Error> {
        let timeout = ClientOptions::new().with_timeout(TIMEOUT).with_allow_http(self.is_http());
        let mut builder = AmazonS3Builder::new().with_client_options(timeout);
        for (name, value) in &self.variables {
            if let Ok(key) = name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>() {
                builder = builder.with_config(key, value);
            }
        }
        builder.with_bucket_name(bucket).with_retry(self.retry()?).build()
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.variables.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// Whether the endpoint is one without TLS, as in a test or behind a proxy of one's own.
    fn is_http(&self) -> bool {
        ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"]
            .iter()
            .filter_map(|name| self.get(name))
            .any(|endpoint| endpoint.starts_with("http://"))
    }

    fn retry(&self) -> Result<RetryConfig, Error> {
        let attempts = match self.get(ATTEMPTS) {
            Some(text) => text.parse().map_err(|_| Error::Generic {
                store: "S3",
                source: format!("{ATTEMPTS} is `{text}`, but must be a number from 1").into(),
            })?,
            None => DEFAULT_ATTEMPTS,
        };
        let backoff = BackoffConfig { max_backoff: Duration::from_secs(10), ..Default::default() };
        let max_retries = attempts.max(1) - 1;
        Ok(RetryConfig { max_retries, backoff, retry_timeout: Duration::from_secs(180) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_variable_that_cannot_be_understood_is_named() {
        for (name, value) in [("AWS_MAX_ATTEMPTS", "often"), ("AWS_TIMEOUT", "long")] {
            let error = environment(&[(name, value)]).client("lake").unwrap_err().to_string();
            assert!(error.contains(value), "{error}");
        }
    }

    #[test]
    fn what_is_secret_is_not_shown() {
        let environment = environment(&[("AWS_SECRET_ACCESS_KEY", "hidden"), ("HOME", "/")]);
        assert_eq!(format!("{environment:?}"), r#"{"AWS_SECRET_ACCESS_KEY"}"#);
    }
}
