@NullMarked
package dev.imago.pretrain;

import org.jspecify.annotations.NullMarked;
