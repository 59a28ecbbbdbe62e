/// The command line: commands, recipes, and what people see while the chain runs.
///
/// The only module that sees every link and the only one that writes to standard output. It holds
/// no logic of a link: a command finds artifacts, wires stages by `new`, and prints. Read [Imago],
/// then [Catalog] and [RunCommand].
@NullMarked
package dev.imago.cli;

import org.jspecify.annotations.NullMarked;
