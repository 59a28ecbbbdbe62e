package dev.imago.labelling;

import dev.imago.annotation.AnnotatedItem;
import dev.imago.annotation.LabelAnswer;
import dev.imago.annotation.MarkedSpan;
import dev.imago.annotation.PositionUnit;
import dev.imago.annotation.Positions;
import dev.imago.regex.OnigRegex;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A rule that proposes a label, or abstains: weak supervision's unit.
///
/// @param name of it, in tables
public record LabellingFunction(String name, Rule rule) {
  /// What it goes by.
  sealed interface Rule {
    /// Phrases of a list or of the file itself.
    record Phrases(String label, PhraseFinder finder) implements Rule {}

    /// A regular expression.
    record Expression(String label, OnigRegex regex) implements Rule {}

    /// A model, whose classes have other names perhaps.
    ///
    /// @param labels of the task by the model's; what is not there abstains
    /// @param atLeast the probability below which it abstains
    record Model(ItemProposer proposer, Map<String, String> labels, double atLeast)
        implements Rule {}
  }

  /// What it proposes for each of some items; empty where it abstains.
  ///
  /// @param spans whether stretches are marked, and not whole items labelled
  /// @throws IllegalArgumentException where an expression needs too much work on a text
  List<Optional<ItemProposer.Proposal>> propose(List<AnnotatedItem> items, boolean spans) {
    return switch (rule) {
      case Rule.Phrases(String label, PhraseFinder finder) ->
          items.stream().map(item -> found(item, label, spans, finder::find)).toList();
      case Rule.Expression(String label, OnigRegex regex) ->
          items.stream()
              .map(
                  item ->
                      found(
                          item,
                          label,
                          spans,
                          (text, to) -> regex.findAll(text, (from, end) -> to.at(from, end))))
              .toList();
      case Rule.Model(ItemProposer proposer, Map<String, String> labels, double atLeast) ->
          proposer.propose(items).stream()
              .map(of -> of.filter(p -> isEnough(p, atLeast)).flatMap(p -> named(p, labels)))
              .toList();
    };
  }

  /// What comes without a probability is taken where none is asked for.
  private static boolean isEnough(ItemProposer.Proposal of, double atLeast) {
    if (Double.isNaN(of.probability()) && atLeast > 0) {
      throw new IllegalArgumentException(
          "at-least = %s, and the model tells no probability; leave at-least out"
              .formatted(atLeast));
    }
    return !(of.probability() < atLeast);
  }

  private interface Finding {
    void in(String text, PhraseFinder.Found to);
  }

  private static Optional<ItemProposer.Proposal> found(
      AnnotatedItem item, String label, boolean spans, Finding finding) {
    String text = ItemTexts.read(item);
    List<int[]> found = new ArrayList<>();
    finding.in(
        text,
        (from, to) -> {
          if (from < to) {
            found.add(new int[] {from, to});
          }
        });
    if (found.isEmpty()) {
      return Optional.empty();
    }
    if (!spans) {
      return Optional.of(ItemProposer.Proposal.sure(LabelAnswer.ofLabels(List.of(label))));
    }
    var positions = new Positions(item.text());
    List<MarkedSpan> marked = new ArrayList<>();
    for (int[] each : found) {
      int from = positions.codePoint(each[0], PositionUnit.UTF16);
      int to = positions.codePoint(each[1], PositionUnit.UTF16);
      if (from >= 0 && to > from && positions.isBoundary(from) && positions.isBoundary(to)) {
        marked.add(new MarkedSpan(from, to, label));
      }
    }
    return marked.isEmpty()
        ? Optional.empty()
        : Optional.of(ItemProposer.Proposal.sure(LabelAnswer.ofSpans(marked)));
  }

  /// Under the task's names; empty where a label has none.
  private static Optional<ItemProposer.Proposal> named(
      ItemProposer.Proposal of, Map<String, String> labels) {
    LabelAnswer answer = of.answer();
    List<String> names = answer.labels().stream().map(l -> labels.getOrDefault(l, "")).toList();
    List<MarkedSpan> spans =
        answer.spans().stream()
            .map(s -> new MarkedSpan(s.from(), s.to(), labels.getOrDefault(s.label(), "")))
            .filter(s -> !s.label().isEmpty())
            .toList();
    return names.contains("") || names.isEmpty() && spans.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new ItemProposer.Proposal(
                new LabelAnswer(names, spans, List.of(), answer.text()), of.probability()));
  }
}
