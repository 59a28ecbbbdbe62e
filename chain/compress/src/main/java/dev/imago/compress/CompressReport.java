package dev.imago.compress;

import dev.imago.core.Run;
import dev.imago.data.HeldOutLoss;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// The table by which a user chooses a format.
final class CompressReport {
  private CompressReport() {}

  /// @param measured the original first
  static void write(List<Measured> measured, Measured chosen, Run run) {
    HeldOutLoss original = measured.getFirst().loss();
    var rows = new ArrayList<List<String>>();
    for (Measured m : measured) {
      boolean first = m == measured.getFirst();
      rows.add(
          List.of(
              first ? m.format() + ", as tuned" : m == chosen ? m.format() + " ✓" : m.format(),
              text("%.1f MB", m.fileBytes() / 1e6),
              text("%.1f MB", m.weightBytes() / 1e6),
              text("%.4f", m.loss().bitsPerByte()),
              text("%.4f", m.loss().mean()),
              first ? "" : increase(m.loss().above(original)),
              Double.isNaN(m.divergence()) ? "" : text("%.5f", m.divergence()),
              text("%.0f", m.speed().prefill()),
              text("%.0f", m.speed().decode())));
    }
    run.table(
        text("Compressed, on %,.0f held-out tokens", Arrays.stream(original.tokens()).sum()),
        List.of(
            "format",
            "file",
            "memory",
            "bits a byte",
            "nats a token",
            "increase (95 %)",
            "KL from F16",
            "prompt tokens/s",
            "tokens/s"),
        rows);
    run.note(
        "all rows are of the tuned model on the runtime that serves it, on evaluate's text; the"
            + " losses that training prints are libtorch's, on other stretches, and no measure of"
            + " these. ✓ is the output `chosen`");
  }

  private static String increase(HeldOutLoss.Increase increase) {
    String above = text("%+.5f", increase.mean());
    return Double.isNaN(increase.halfWidth())
        ? above
        : above + text(" ± %.5f", increase.halfWidth());
  }

  static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
