/// Recordings of JDK Flight Recorder: which of our processes can be recorded, and what a recording
/// says.
///
/// Read [FlightRecordings] first, then [CallTree].
@NullMarked
package dev.imago.console.profiles;

import org.jspecify.annotations.NullMarked;
