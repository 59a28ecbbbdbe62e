/// `/v1/feedback`: what users say of answers, on disk before they hear that it is saved.
@NullMarked
package dev.imago.serve.feedback;

import org.jspecify.annotations.NullMarked;
