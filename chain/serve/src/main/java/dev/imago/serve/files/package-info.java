/// OpenAI's files: what is sent once and used by others, such as the requests of a batch and their
/// answers. They lie in the workspace.
@NullMarked
package dev.imago.serve.files;

import org.jspecify.annotations.NullMarked;
