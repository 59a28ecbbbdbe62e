/// HTML that cannot be broken out of: what is written is a tree of elements, and text becomes
/// markup in one place, which escapes it.
///
/// Knows no page. Read [Element] first, then [Link].
@NullMarked
package dev.imago.console.html;

import org.jspecify.annotations.NullMarked;
