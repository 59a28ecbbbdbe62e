/// Accounts at the server's door and at its till: who may ask ([AccountKeys]), whether there is
/// room for a request, and what it used in the end ([AccountMeter]). Knows what a request may take
/// and took, and no text of any. Read [RequestMeter].
@NullMarked
package dev.imago.serve.metering;

import org.jspecify.annotations.NullMarked;
