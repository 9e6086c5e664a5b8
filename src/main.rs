//! Arguments in, exit code out.

fn main() -> std::process::ExitCode {
    knipsel::cli::main()
}
