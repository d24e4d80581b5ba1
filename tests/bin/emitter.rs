//! Emits from several threads until it dies: the child of the kill tests; see
//! [`tests::kill::child::Orders`].

fn main() {
    tests::kill::child::run();
}
