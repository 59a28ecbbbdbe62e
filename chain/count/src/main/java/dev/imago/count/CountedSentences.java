package dev.imago.count;

import dev.imago.data.Documents;
import dev.imago.data.Split;
import dev.imago.data.TokenShards;
import dev.imago.ngram.NgramModel;
import dev.imago.ngram.NgramUnit;
import dev.imago.ngram.NgramWords;
import dev.imago.ngram.TokenIds;
import dev.imago.ngram.WordIds;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/// What is counted, as sentences of ids.
sealed interface CountedSentences {
  /// The words so far.
  NgramWords words();

  /// Gives every sentence of one side. New words of the training side become known; others are −1.
  void each(Split split, Consumer<int[]> sentences) throws InterruptedException;

  /// Ids of these sentences, as a model has them.
  default int[] known(int[] ids, NgramModel model) {
    return Arrays.stream(ids).map(id -> id < 0 ? model.unknown() : id).toArray();
  }

  static CountedSentences ofTokens(Path folder) {
    TokenShards.Header header = TokenShards.header(folder);
    return new OfTokens(folder, new TokenIds(header.vocabularySize(), header.endOfText()));
  }

  static CountedSentences ofCorpus(Path folder, NgramUnit unit) {
    return new OfCorpus(folder, TextUnits.of(unit), new WordIds());
  }

  /// Documents of tokens.
  record OfTokens(Path folder, TokenIds words) implements CountedSentences {
    @Override
    public void each(Split split, Consumer<int[]> sentences) throws InterruptedException {
      try (TokenShards tokens = TokenShards.open(folder, split)) {
        for (int d = 0; d < tokens.documents(); d++) {
          if (Thread.interrupted()) {
            throw new InterruptedException();
          }
          long start = tokens.start(d);
          int[] ids = new int[Math.toIntExact(tokens.start(d + 1) - start - 1)];
          tokens.read(start, ids);
          sentences.accept(ids);
        }
      }
    }
  }

  /// Lines of documents that hold a word.
  record OfCorpus(Path folder, TextUnits units, WordIds words) implements CountedSentences {
    @Override
    public void each(Split split, Consumer<int[]> sentences) throws InterruptedException {
      boolean train = split == Split.TRAIN;
      try (var documents = new Documents.Reader(folder, split.fileName(), _ -> {})) {
        while (documents.hasNext()) {
          if (Thread.interrupted()) {
            throw new InterruptedException();
          }
          for (String line : documents.next().text().lines().toList()) {
            List<String> cut = units.cut(line);
            if (!cut.isEmpty()) {
              sentences.accept(
                  cut.stream().mapToInt(w -> train ? words.add(w) : words.id(w)).toArray());
            }
          }
        }
      }
    }
  }
}
