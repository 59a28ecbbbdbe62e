/// The chat page. Its files are open to anyone, so that it can ask for a key; what it talks to is
/// not.
@NullMarked
package dev.imago.serve.page;

import org.jspecify.annotations.NullMarked;
