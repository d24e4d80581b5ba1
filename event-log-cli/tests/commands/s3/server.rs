//! A `SeaweedFS` of this test run: on ports and in a directory of its own, ended with the run.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use event_log_cli::remote::{Environment, Remote};
use flate2::read::MultiGzDecoder;

/// A busy machine takes a while to start it.
const DEADLINE: Duration = Duration::from_secs(120);

const IDENTITY: &str = r#"{"identities":[{"name":"test","credentials":[{"accessKey":"testkey","secretKey":"testsecret"}],"actions":["Admin","Read","Write","List"]}]}"#;

/// Runs the server until its own standard input ends, which it does with the test run, however that
/// ends; then ends the server by its process id, and removes its directory. What the server holds is
/// for nobody, so it is not asked to end well, which takes it minutes.
const GUARD: &str = r#"directory=$1; shift
"$@" >"$directory/log" 2>&1 &
server=$!
cat >/dev/null
kill -KILL "$server"
wait "$server"
rm -r "$directory""#;

struct Server {
    port: u16,
    /// Holds the other end of the guard's standard input.
    _guard: Child,
}

/// One bucket: each takes the server volumes of its own.
const BUCKET: &str = "events";

/// The bucket of this run, as one test sees it: below a prefix of its own.
pub(super) struct Bucket {
    prefix: String,
    variables: Vec<(String, String)>,
    remote: Remote,
}

/// The bucket for one test, or `None`, which is told, if there is no server to be had.
pub(super) fn bucket() -> Option<Bucket> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let Some(server) = SERVER.get_or_init(start) else {
        let must = env::var_os("EVENT_LOG_NO_SKIP").is_some_and(|v| v == "1");
        assert!(!must, "SeaweedFS is not installed; `.ci/install` does it");
        println!("SKIPPED: SeaweedFS is not installed; `.ci/install` does it");
        return None;
    };
    let prefix = format!("test-{}", NEXT.fetch_add(1, Ordering::Relaxed));
    Some(Bucket::at(prefix, server.port))
}

impl Bucket {
    fn at(prefix: String, port: u16) -> Self {
        let variables = [
            ("AWS_ACCESS_KEY_ID", "testkey"),
            ("AWS_SECRET_ACCESS_KEY", "testsecret"),
            ("AWS_ENDPOINT_URL", &format!("http://127.0.0.1:{port}")),
            ("AWS_REGION", "us-east-1"),
        ];
        let variables: Vec<_> =
            variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let environment: Environment = variables.iter().cloned().collect();
        let remote = Remote::open(BUCKET, &environment).unwrap();
        Self { prefix, variables, remote }
    }

    /// What a process needs to find it.
    pub(super) fn variables(&self) -> &[(String, String)] {
        &self.variables
    }

    /// The port of the server.
    pub(super) fn port(&self) -> u16 {
        let endpoint = &self.variables[2].1;
        endpoint.rsplit_once(':').unwrap().1.parse().unwrap()
    }

    /// The address of a key.
    pub(super) fn address(&self, key: &str) -> String {
        format!("s3://{BUCKET}/{}", self.key(key))
    }

    /// A key below the prefix.
    fn key(&self, key: &str) -> String {
        format!("{}/{key}", self.prefix)
    }

    pub(super) fn put(&self, key: &str, bytes: &[u8]) {
        self.remote.put(&self.key(key), bytes.to_owned()).unwrap();
    }

    /// Every file of a lake that holds events or quarantined lines, uncompressed, by its path.
    pub(super) fn files(&self, lake: &str) -> BTreeMap<PathBuf, String> {
        self.objects(lake).into_iter().map(|(path, bytes)| (path, text(&bytes))).collect()
    }

    /// The same files as they lie there, and the catalogue if there is one.
    pub(super) fn objects(&self, lake: &str) -> BTreeMap<PathBuf, Vec<u8>> {
        let lake = &self.key(lake);
        let keys: Vec<_> = self
            .remote
            .list(lake)
            .unwrap()
            .into_iter()
            .map(|meta| meta.location.to_string())
            .collect();
        let ours = |path: &str| !path.starts_with("_ledger") && path != "_lake.json";
        let of_lake = |key: &String| {
            let path = key.strip_prefix(lake.as_str()).unwrap().trim_start_matches('/');
            ours(path).then(|| PathBuf::from(path))
        };
        let paths: Vec<_> = keys.iter().filter_map(of_lake).collect();
        let objects = paths.iter().map(|path| format!("{lake}/{}", path.display()));
        let objects = self.remote.get_all(objects).unwrap();
        paths.into_iter().zip(objects.into_iter().map(Option::unwrap)).collect()
    }

    /// The rows of a lake of Parquet, sorted by their ids.
    pub(super) fn parquet_rows(&self, lake: &str) -> Vec<serde_json::Value> {
        let copy = tempfile::tempdir().unwrap();
        for (path, bytes) in self.objects(lake) {
            let path = copy.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        crate::parquet::rows(copy.path())
    }

    /// Removes an object; as an accident would.
    #[cfg(feature = "lambda")]
    pub(super) fn remove(&self, key: &str) {
        self.remote.remove(&self.key(key)).unwrap();
    }

    /// The names of the objects in a directory of a lake.
    pub(super) fn names(&self, directory: &str) -> Vec<String> {
        self.remote.names(&self.key(directory)).unwrap()
    }
}

fn text(bytes: &[u8]) -> String {
    let mut text = String::new();
    if bytes.starts_with(&[0x1F, 0x8B]) {
        MultiGzDecoder::new(bytes).read_to_string(&mut text).unwrap();
        return text;
    }
    String::from_utf8(bytes.to_owned()).unwrap()
}

/// As `.ci/install` puts it below the target directory, or as the system has it.
fn find() -> Option<PathBuf> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let mut directories = vec![target.join("seaweedfs/bin")];
    directories.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    directories.into_iter().map(|directory| directory.join("weed")).find(|path| path.is_file())
}

fn start() -> Option<Server> {
    let program = find()?;
    // The guard removes it.
    let directory = tempfile::tempdir().unwrap().keep();
    let identities = directory.join("s3.json");
    fs::write(&identities, IDENTITY).unwrap();
    let data = directory.join("data");
    fs::create_dir(&data).unwrap();
    let ports = free_ports();
    let mut command = Command::new("sh");
    command.args(["-c", GUARD, "guard"]).arg(&directory).arg(program).arg("server");
    for (option, port) in OPTIONS.iter().zip(ports) {
        command.arg(format!("-{option}={port}"));
    }
    command.arg(format!("-dir={}", data.display()));
    command.arg(format!("-s3.config={}", identities.display()));
    command.args(["-s3", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false"]);
    command.args(["-s3.port.iceberg=0", "-s3.port.lance=0"]);
    command.args(["-volume.max=50", "-master.volumeSizeLimitMB=64"]);
    let guard =
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let server = Server { port: ports[0], _guard: guard };
    wait_until_ready(&server, &directory);
    Some(server)
}

const OPTIONS: [&str; 8] = [
    "s3.port",
    "s3.port.grpc",
    "master.port",
    "master.port.grpc",
    "volume.port",
    "volume.port.grpc",
    "filer.port",
    "filer.port.grpc",
];

/// Ports that nobody has now.
fn free_ports() -> [u16; OPTIONS.len()] {
    let listeners = OPTIONS.map(|_| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

fn wait_until_ready(server: &Server, directory: &Path) {
    let deadline = Instant::now() + DEADLINE;
    let is_open = || TcpStream::connect(("127.0.0.1", server.port)).is_ok();
    let has_room = || Bucket::at(String::new(), server.port).remote.put("ready", vec![1]).is_ok();
    while !is_open() || !has_room() {
        let log = || fs::read_to_string(directory.join("log")).unwrap_or_default();
        assert!(Instant::now() < deadline, "SeaweedFS is not ready: {}", log());
        std::thread::sleep(Duration::from_millis(50));
    }
}
