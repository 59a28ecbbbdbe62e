/// Of two answers to one prompt, the one that people like better; of one, whether they like it.
@NullMarked
package dev.imago.tasks.preference;

import org.jspecify.annotations.NullMarked;
