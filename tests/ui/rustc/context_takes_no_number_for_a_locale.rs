use event_log::Context;

fn main() {
    let _ = Context::new().locale(5);
    let _ = Context::new().country_code(Some(81));
}
