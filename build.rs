//! Only this: build again when the page was built again, since it is compiled in.

fn main() {
    println!("cargo::rerun-if-changed=web/dist");
}
