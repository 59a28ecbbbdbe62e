package dev.imago.compress;

import dev.imago.core.Run;
import dev.imago.data.HeldOutLoss;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// The table by which a user chooses a format.
final class CompressReport {
  private CompressReport() {}

  /// @param measured the original first
  /// @param graphs of ONNX, which are measured alone
  static void write(
      List<Measured> measured,
      List<Measured> graphs,
      Measured chosen,
      FormatChoice choice,
      Run run) {
    Measured original = measured.getFirst();
    HeldOutLoss whole = original.loss();
    var rows = new ArrayList<List<String>>();
    rows.add(row(original, original.format() + ", as tuned", ""));
    for (Measured m : measured.subList(1, measured.size())) {
      String name = m == chosen ? m.format() + " ✓" : m.format();
      rows.add(row(m, name, increase(m.loss().above(whole))));
    }
    graphs.forEach(g -> rows.add(row(g, g.format(), increase(g.loss().above(whole)))));
    run.table(
        text("Compressed, on %,.0f held-out tokens", Arrays.stream(whole.tokens()).sum()),
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
        "all rows are on the runtime that serves them, on evaluate's text; the losses that training"
            + " prints are libtorch's, on other stretches, and no measure of these. ✓ is the output"
            + " `chosen`");
    if (!graphs.isEmpty()) {
      String allowed =
          graphs.stream()
              .filter(g -> choice.allows(original, g))
              .min(Comparator.comparingLong(Measured::fileBytes))
              .map(g -> g.format() + " is the smallest within the bounds")
              .orElse("none is within the bounds");
      run.note(
          "no ONNX is run here: a graph's loss is that of its numbers, rounded as it rounds, and"
              + " its speed is its runtime's. Of the graphs "
              + allowed
              + "; a step `onnx` leaves one");
    }
  }

  private static List<String> row(Measured m, String name, String increase) {
    return List.of(
        name,
        text("%.1f MB", m.fileBytes() / 1e6),
        text("%.1f MB", m.weightBytes() / 1e6),
        text("%.4f", m.loss().bitsPerByte()),
        text("%.4f", m.loss().mean()),
        increase,
        Double.isNaN(m.divergence()) ? "" : text("%.5f", m.divergence()),
        m.speed() == null ? "" : text("%.0f", m.speed().prefill()),
        m.speed() == null ? "" : text("%.0f", m.speed().decode()));
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
