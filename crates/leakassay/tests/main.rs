//! Sessions with the program, as a user would have them. Each spawns the built binary; nothing heavy is linked.
