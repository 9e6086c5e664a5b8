//! Arguments in, exit code out.

/// Gives memory back between bursts; the system's keeps what one full round of feeds needed.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    knipsel::cli::main()
}
