package dev.imago.cli;

import dev.imago.metrics.Average;
import dev.imago.metrics.Counts;
import dev.imago.metrics.EntityScores;
import dev.imago.metrics.SpanScheme;
import java.util.List;
import java.util.Locale;

/// How well tags were told: accuracy, and of tags of spans precision, recall and F1. With `S-` tags
/// they are read as seqeval reads them, else as conlleval does.
final class TagScores {
  private TagScores() {}

  /// Tells on standard output.
  static void tell(List<List<String>> gold, List<List<String>> told, boolean quiet) {
    long right = 0;
    long all = 0;
    boolean spans = true;
    boolean single = false;
    for (int i = 0; i < gold.size(); i++) {
      for (int t = 0; t < gold.get(i).size(); t++) {
        String tag = gold.get(i).get(t);
        single |= tag.startsWith("S-");
        right += tag.equals(told.get(i).get(t)) ? 1 : 0;
        all++;
        spans &= tag.equals("O") || tag.matches("[BIES]-.+");
      }
    }
    System.out.printf(Locale.ROOT, "accuracy %.4f of %,d rows%n", (double) right / all, all);
    if (spans) {
      EntityScores scores =
          EntityScores.of(single ? SpanScheme.SEQEVAL : SpanScheme.CONLLEVAL, gold, told);
      tell(
          "all",
          scores.precision(Average.MICRO),
          scores.recall(Average.MICRO),
          scores.f1(Average.MICRO));
      scores.byType().forEach((type, c) -> tell(type, c));
    }
    if (!quiet && !spans) {
      System.err.println("tags are no spans (O, B-, I-, E- and S-…): accuracy alone is told");
    }
  }

  private static void tell(String type, Counts c) {
    tell(type, c.precision(), c.recall(), c.f1());
  }

  private static void tell(String type, double precision, double recall, double f1) {
    System.out.printf(
        Locale.ROOT, "%s\tprecision %.4f\trecall %.4f\tF1 %.4f%n", type, precision, recall, f1);
  }
}
