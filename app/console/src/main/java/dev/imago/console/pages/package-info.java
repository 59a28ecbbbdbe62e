/// The pages: each takes what is known and makes a tree of elements of it.
///
/// Knows no HTTP and reads no request but by [Visit]. Read [Visit], then [PageFrame], then any
/// page.
@NullMarked
package dev.imago.console.pages;

import org.jspecify.annotations.NullMarked;
