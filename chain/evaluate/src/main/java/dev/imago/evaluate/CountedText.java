package dev.imago.evaluate;

import dev.imago.core.InputException;
import dev.imago.core.Run;
import dev.imago.data.Ngrams;
import dev.imago.data.Scorer;
import dev.imago.data.Split;
import dev.imago.data.TokenShards;
import dev.imago.generate.Sampler;
import dev.imago.generate.Sampling;
import dev.imago.ngram.NgramModel;
import dev.imago.ngram.NgramSampler;
import dev.imago.ngram.NgramSettings;
import dev.imago.ngram.NgramTrainer;
import dev.imago.ngram.NgramUnit;
import dev.imago.ngram.Smoothing;
import dev.imago.ngram.TokenIds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/// An n-gram model of the tokens that neural models are measured on. A document's end is `</s>`
/// where it is told, and `<s>` where it stands before a token.
///
/// @param name in scores: `bigram`, or such as `5-gram`
/// @param trained tokens a second that were counted; NaN where that is not known
record CountedText(String name, NgramModel model, double trained) implements Scorer, AutoCloseable {
  static final String BIGRAM = "bigram";
  private static final long MEMORY_BYTES = 256L << 20;
  private static final int HASH = 4;

  /// Counts pairs of all training tokens, here and now: modified Kneser–Ney.
  ///
  /// @param scratch for the model's file
  static CountedText bigram(Path tokens, Path scratch) throws InterruptedException {
    TokenShards.Header header = TokenShards.header(tokens);
    Path file = scratch.resolve("bigram.ngram");
    var settings = NgramSettings.of(2).unit(NgramUnit.IDS).memoryBytes(MEMORY_BYTES);
    var words = new TokenIds(header.vocabularySize(), header.endOfText());
    try (TokenShards train = TokenShards.open(tokens, Split.TRAIN);
        var trainer = new NgramTrainer(settings, words, scratch)) {
      if (train.size() < 2) {
        throw new InputException(
            "training tokens = %d in %s: the bigram baseline has nothing to count; give more documents"
                .formatted(train.size(), tokens));
      }
      long begun = System.nanoTime();
      for (int d = 0; d < train.documents(); d++) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        int[] ids = new int[Math.toIntExact(train.start(d + 1) - train.start(d) - 1)];
        train.read(train.start(d), ids);
        trainer.add(ids);
      }
      trainer.write(file);
      double seconds = Math.max(1, System.nanoTime() - begun) / 1e9;
      return new CountedText(BIGRAM, NgramModel.open(file), train.size() / seconds);
    }
  }

  /// Opens models that were counted before.
  ///
  /// @throws InputException where one is not of these tokens' vocabulary
  static List<CountedText> open(List<Ngrams> ngrams, Path tokens, Run run) {
    TokenShards.Header header = TokenShards.header(tokens);
    var opened = new ArrayList<CountedText>();
    for (Ngrams each : ngrams) {
      NgramModel model = open(each);
      if (model.unit() != NgramUnit.IDS
          || model.vocabularySize() != header.vocabularySize() + 1
          || model.end() != header.endOfText()) {
        model.close();
        opened.forEach(CountedText::close);
        throw new InputException(
            "%s is not of the tokens' vocabulary of %d; count it with unit = ids after encode, or leave it out of evaluate.inputs"
                .formatted(each.ref().brief(), header.vocabularySize()));
      }
      opened.add(new CountedText(model.order() + "-gram", model, SideBySide.trained(each, run)));
    }
    List<String> names = opened.stream().map(CountedText::name).toList();
    for (int i = 0; i < names.size(); i++) {
      if (Collections.frequency(names, names.get(i)) > 1) {
        CountedText one = opened.get(i);
        String hash = ngrams.get(i).ref().hash().substring(0, HASH);
        opened.set(i, new CountedText(one.name + "-" + hash, one.model, one.trained));
      }
    }
    return opened;
  }

  private static NgramModel open(Ngrams ngrams) {
    try {
      return NgramModel.open(ngrams.file());
    } catch (IllegalArgumentException e) {
      throw new InputException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public float[] logProbabilities(int[] ids) {
    int[] seen = ids.clone();
    float[] logs = new float[ids.length - 1];
    int from = 0;
    for (int i = 0; i < logs.length; i++) {
      if (seen[i] == model.end()) {
        seen[i] = model.begin();
        from = i;
      }
      logs[i] = (float) (model.log10(seen, from, i + 1) * Math.log(10));
    }
    return logs;
  }

  /// What it draws after a beginning.
  int[] continuation(int[] beginning, Sampling sampling) {
    int most = sampling.ending().maxTokens();
    var sampler = new NgramSampler(model, new Sampler(sampling, beginning)::next);
    int[] ids = Arrays.copyOf(beginning, beginning.length + most);
    for (int at = beginning.length; at < ids.length; at++) {
      int from = Math.max(0, at - model.order() + 1);
      int[] context = Arrays.copyOfRange(ids, from, at);
      for (int i = context.length - 1; i >= 0; i--) {
        if (context[i] == model.end()) {
          context = Arrays.copyOfRange(context, i, context.length);
          context[0] = model.begin();
          break;
        }
      }
      ids[at] = sampler.next(context);
    }
    return Arrays.copyOfRange(ids, beginning.length, ids.length);
  }

  /// How it was smoothed, in words.
  String kind() {
    return model
        .smoothing()
        .map(
            smoothing ->
                switch (smoothing) {
                  case Smoothing.KNESER_NEY -> "Kneser–Ney";
                  case Smoothing.WITTEN_BELL -> "Witten–Bell";
                  case Smoothing.STUPID_BACKOFF -> "stupid back-off";
                })
        .orElse("n-gram");
  }

  /// All n-grams beyond single tokens.
  long counts() {
    long sum = 0;
    for (int n = 2; n <= model.order(); n++) {
      sum += model.count(n);
    }
    return sum;
  }

  @Override
  public void close() {
    model.close();
  }
}
