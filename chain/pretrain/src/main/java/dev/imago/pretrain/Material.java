package dev.imago.pretrain;

import dev.imago.core.ConfigException;
import dev.imago.core.Counted;
import dev.imago.core.InputException;
import dev.imago.data.TokenShards;
import dev.imago.torch.Batch;
import dev.imago.training.Batches;
import dev.imago.training.Denoising;
import dev.imago.training.Development;
import dev.imago.training.DevelopmentPart;
import dev.imago.training.MaskedTokens;
import dev.imago.training.Packed;
import dev.imago.training.Padded;
import dev.imago.training.SpanCorruption;
import dev.imago.training.Stopping;
import dev.imago.training.Streams;
import dev.imago.training.TokenText;
import dev.imago.training.Windows;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What is trained on and measured, as the settings cut it.
///
/// @param heldout empty where there is too little
/// @param notes what there is to say of it
record Material(
    Batches batches, List<Batch> heldout, Optional<Development> development, List<String> notes) {
  /// A text's batches, to train on and to measure.
  private record Cut(Batches batches, List<Batch> first) {}

  /// @param vocabulary decides what is hidden of the text
  static Material of(
      TokenShards train,
      TokenShards heldout,
      Pretrain.Config config,
      int context,
      int padding,
      ModelVocabulary vocabulary,
      long seed) {
    var notes = new ArrayList<String>();
    TokenText training = TokenText.of(train);
    Optional<Development> development = Optional.empty();
    Stopping stopping = config.stopping();
    if (stopping.development() > 0) {
      DevelopmentPart part = DevelopmentPart.of(train, stopping.development(), seed);
      if (part.development().size() <= context) {
        throw new InputException(
            "pretrain.stopping.development = %s sets %,d tokens apart, fewer than a context of %,d and one more; give a larger share or a shorter context"
                .formatted(stopping.development(), part.development().size(), context));
      }
      training = part.training();
      notes.add(
          "%,d tokens of %s are set apart as the development part"
              .formatted(
                  part.development().size(),
                  Counted.of(part.development().documents(), "documents")));
      Cut cut = cut(part.development(), config, context, padding, vocabulary, seed);
      development = Optional.of(stopping.by(cut.first()));
    }
    Cut cut = cut(training, config, context, padding, vocabulary, seed);
    if (config.packing() == Packing.PACKED) {
      var packed = (Packed) unmasked(cut.batches());
      notes.add("packed sequences hold %.1f %% text".formatted(100 * packed.density()));
    }
    if (heldout.size() > 0 && heldout.size() <= context) {
      notes.add(
          "%,d tokens are held out, fewer than a context of %,d and one more: no held-out loss is measured"
              .formatted(heldout.size(), context));
    }
    List<Batch> measured =
        heldout.size() > context
            ? cut(TokenText.of(heldout), config, context, padding, vocabulary, seed).first()
            : List.of();
    return new Material(cut.batches(), measured, development, List.copyOf(notes));
  }

  /// What is read beside, such as the text of an earlier training.
  static Batches batches(
      TokenShards text,
      Pretrain.Config config,
      int context,
      int padding,
      ModelVocabulary vocabulary,
      long seed) {
    return cut(TokenText.of(text), config, context, padding, vocabulary, seed).batches();
  }

  private static Batches unmasked(Batches batches) {
    return switch (batches) {
      case MaskedTokens masked -> masked.source();
      case SpanCorruption corrupted -> corrupted.source();
      default -> batches;
    };
  }

  /// As much text a row as an encoder of this context reads with its spans cut out.
  private static Cut corrupted(
      TokenText text,
      Pretrain.Config config,
      int context,
      int padding,
      SentinelVocabulary sentinels,
      long seed) {
    Denoising.Lengths lengths = config.denoising().fitting(context);
    if (lengths.spans() > sentinels.ids().sentinels().size()) {
      throw new ConfigException(
          "pretrain.denoising: a context of %d has %d spans, and the vocabulary %d sentinels; give spanTokens = %.1f or more"
              .formatted(
                  context,
                  lengths.spans(),
                  sentinels.ids().sentinels().size(),
                  (double) lengths.noise() / sentinels.ids().sentinels().size()));
    }
    Cut whole = rows(text, config, lengths.tokens(), padding, seed);
    var corruption = new SpanCorruption(whole.batches(), config.denoising(), sentinels.ids(), seed);
    return new Cut(corruption, corruption.all(whole.first()));
  }

  private static Cut cut(
      TokenText text,
      Pretrain.Config config,
      int context,
      int padding,
      ModelVocabulary vocabulary,
      long seed) {
    return switch (vocabulary) {
      case ModelVocabulary.Plain _ -> rows(text, config, context, padding, seed);
      case SentinelVocabulary sentinels ->
          corrupted(text, config, context, padding, sentinels, seed);
      case MaskedVocabulary masked -> {
        Cut cut = rows(text, config, context, padding, seed);
        var hiding =
            new MaskedTokens(
                cut.batches(), config.masking(), masked::continues, masked.ids(), seed);
        yield new Cut(hiding, hiding.all(cut.first()));
      }
    };
  }

  /// The text as it is.
  private static Cut rows(
      TokenText text, Pretrain.Config config, int context, int padding, long seed) {
    int rows = config.batch();
    int micro = config.accumulate();
    boolean separate = !config.acrossDocuments();
    long limit = config.heldoutTokens();
    return switch (config.packing()) {
      case STREAM -> {
        var windows = new Windows(text, context, rows, micro, separate, seed);
        yield new Cut(windows, windows.first(limit));
      }
      case CONTIGUOUS -> {
        var streams = new Streams(text, context, rows, micro);
        var windows = new Windows(text, context, rows, micro, false, seed);
        yield new Cut(streams, windows.first(limit));
      }
      case PACKED -> {
        var packed = new Packed(text, context, rows, micro, padding, separate, seed);
        yield new Cut(packed, packed.first(limit));
      }
      case PADDED -> {
        var padded = new Padded(text, context, rows, micro, padding, seed);
        yield new Cut(padded, padded.first(limit));
      }
    };
  }
}
