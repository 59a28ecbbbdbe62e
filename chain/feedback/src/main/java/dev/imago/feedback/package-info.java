@NullMarked
package dev.imago.feedback;

import org.jspecify.annotations.NullMarked;
