package dev.imago.labelling;

import dev.imago.annotation.AnnotatedItem;
import dev.imago.annotation.LabelAnswer;
import java.util.List;
import java.util.Optional;

/// Proposes answers of items: a model that is at hand, or one that is served.
public interface ItemProposer extends AutoCloseable {
  /// A proposed answer.
  ///
  /// @param probability that the proposer gives it; NaN where it says none
  record Proposal(LabelAnswer answer, double probability) {
    /// A rule's, which holds wherever it holds.
    static Proposal sure(LabelAnswer answer) {
      return new Proposal(answer, 1);
    }
  }

  /// The labels that it knows, as it calls them; none where it does not say before it is asked.
  List<String> labels();

  /// Of each item; empty where it abstains.
  List<Optional<Proposal>> propose(List<AnnotatedItem> items);

  @Override
  default void close() {}
}
