package dev.imago.vocabularies;

import dev.imago.tokenizers.models.UnigramModel;
import dev.imago.vocabularies.learning.UnigramLearner;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/// Trains a unigram language model of pieces by the algorithm of SentencePiece, which Hugging
/// Face's `UnigramTrainer` follows too. Kudo 2018, arXiv:1804.10959.
///
/// Neither gives the same pieces on every run or machine: one sums in `float`, by thread, the other
/// in the order of a hash map. Here words are summed in their own order, in parts that do not
/// depend on threads: the same texts give the same scores to the last bit. Substrings are weighed
/// by how often they occur in the texts, as in SentencePiece; Hugging Face's trainer asks how many
/// distinct words they occur in, which finds worse pieces (see `docs/log.md`).
public final class UnigramTrainer {
  /// What a vocabulary is to be.
  ///
  /// @param vocabularySize pieces in all, special ones too; texts that hold too few give fewer
  /// @param specialTokens they come first, with a score of 0
  /// @param unkToken what unknown text becomes, if anything: a special token, or one that comes
  ///   before them
  /// @param initialAlphabet characters that are pieces whether or not they occur
  /// @param seedSize how many pieces there are to begin with
  /// @param maxPieceLength the most characters of a piece
  /// @param shrinkingFactor which part of the pieces a round of pruning leaves, between 0 and 1
  /// @param subIterations how often probabilities are estimated between two prunings
  /// @param threads how many threads estimate; they change nothing in what is learned
  public record Settings(
      int vocabularySize,
      List<String> specialTokens,
      Optional<String> unkToken,
      String initialAlphabet,
      int seedSize,
      int maxPieceLength,
      double shrinkingFactor,
      int subIterations,
      int threads)
      implements TrainerSettings {
    public Settings {
      specialTokens = List.copyOf(specialTokens);
      TrainerChecks.specialTokens(specialTokens);
      TrainerChecks.vocabularySize(vocabularySize, specialTokens);
      TrainerChecks.wellFormed("initialAlphabet", initialAlphabet);
      TrainerChecks.positive("seedSize", seedSize, 1_000_000);
      if (maxPieceLength < 1 || maxPieceLength > 512) {
        throw new IllegalArgumentException(
            "maxPieceLength = " + maxPieceLength + " is not in 1 … 512; 16 is usual");
      }
      if (!(shrinkingFactor > 0 && shrinkingFactor < 1)) {
        throw new IllegalArgumentException(
            "shrinkingFactor = " + shrinkingFactor + " is not between 0 and 1; 0.75 is usual");
      }
      unkToken.ifPresent(TrainerChecks::unkToken);
      TrainerChecks.positive("subIterations", subIterations, 2);
      TrainerChecks.positive("threads", threads, 4);
      if (vocabularySize < reserved(specialTokens, unkToken)) {
        throw new IllegalArgumentException(
            "vocabularySize = %d is below the %d special tokens"
                .formatted(vocabularySize, reserved(specialTokens, unkToken)));
      }
    }

    private static int reserved(List<String> special, Optional<String> unkToken) {
      return special.size() + (unkToken.isPresent() && !special.contains(unkToken.get()) ? 1 : 0);
    }

    /// The usual: `<unk>`, a million seeds, pieces of 16 characters at most, all processors.
    public static Settings of(int vocabularySize) {
      return new Settings(
          vocabularySize,
          List.of(),
          Optional.of("<unk>"),
          "",
          1_000_000,
          16,
          0.75,
          2,
          Runtime.getRuntime().availableProcessors());
    }

    public Settings specialTokens(List<String> tokens) {
      return new Settings(
          vocabularySize,
          tokens,
          unkToken,
          initialAlphabet,
          seedSize,
          maxPieceLength,
          shrinkingFactor,
          subIterations,
          threads);
    }

    public Settings unkToken(String token) {
      return new Settings(
          vocabularySize,
          specialTokens,
          Optional.of(token),
          initialAlphabet,
          seedSize,
          maxPieceLength,
          shrinkingFactor,
          subIterations,
          threads);
    }

    public Settings initialAlphabet(String characters) {
      return new Settings(
          vocabularySize,
          specialTokens,
          unkToken,
          characters,
          seedSize,
          maxPieceLength,
          shrinkingFactor,
          subIterations,
          threads);
    }

    public Settings seedSize(int pieces) {
      return new Settings(
          vocabularySize,
          specialTokens,
          unkToken,
          initialAlphabet,
          pieces,
          maxPieceLength,
          shrinkingFactor,
          subIterations,
          threads);
    }

    public Settings maxPieceLength(int characters) {
      return new Settings(
          vocabularySize,
          specialTokens,
          unkToken,
          initialAlphabet,
          seedSize,
          characters,
          shrinkingFactor,
          subIterations,
          threads);
    }

    public Settings shrinkingFactor(double part) {
      return new Settings(
          vocabularySize,
          specialTokens,
          unkToken,
          initialAlphabet,
          seedSize,
          maxPieceLength,
          part,
          subIterations,
          threads);
    }

    public Settings subIterations(int times) {
      return new Settings(
          vocabularySize,
          specialTokens,
          unkToken,
          initialAlphabet,
          seedSize,
          maxPieceLength,
          shrinkingFactor,
          times,
          threads);
    }

    public Settings threads(int threads) {
      return new Settings(
          vocabularySize,
          specialTokens,
          unkToken,
          initialAlphabet,
          seedSize,
          maxPieceLength,
          shrinkingFactor,
          subIterations,
          threads);
    }
  }

  private UnigramTrainer() {}

  /// Trains on counted words.
  ///
  /// @throws IllegalArgumentException when the words are bytes, or the vocabulary is too small for
  ///   the characters
  public static TrainedVocabulary.Unigram train(
      Settings settings, WordCounts words, TrainingProgress progress) throws InterruptedException {
    words.needCharacters("Unigram");
    int reserved = Settings.reserved(settings.specialTokens(), settings.unkToken());
    List<UnigramLearner.Piece> learned =
        UnigramLearner.learn(
            words.words(),
            new UnigramLearner.Settings(
                settings.vocabularySize() - reserved,
                settings.seedSize(),
                settings.maxPieceLength(),
                settings.shrinkingFactor(),
                settings.subIterations(),
                settings.initialAlphabet(),
                settings.threads()),
            progress::learned);
    var pieces = new ArrayList<UnigramModel.Scored>();
    if (reserved > settings.specialTokens().size()) {
      pieces.add(new UnigramModel.Scored(settings.unkToken().orElseThrow(), 0));
    }
    settings.specialTokens().forEach(t -> pieces.add(new UnigramModel.Scored(t, 0)));
    OptionalInt unkId = OptionalInt.empty();
    for (int id = 0; id < pieces.size() && settings.unkToken().isPresent(); id++) {
      if (pieces.get(id).token().equals(settings.unkToken().get())) {
        unkId = OptionalInt.of(id);
      }
    }
    Set<String> given = pieces.stream().map(UnigramModel.Scored::token).collect(Collectors.toSet());
    learned.stream()
        .filter(piece -> !given.contains(piece.text()))
        .forEach(piece -> pieces.add(new UnigramModel.Scored(piece.text(), piece.score())));
    return new TrainedVocabulary.Unigram(pieces, settings.specialTokens(), unkId, words.split());
  }
}
