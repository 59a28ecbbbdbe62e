package dev.imago.generate;

import dev.imago.tensor.KeyValues;
import dev.imago.tokenizers.TextStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One request on its way: its tokens so far, its cache, its sampler and its reader.
final class Sequence {
  private final LanguageModel model;
  private final Generation generation;
  private final Sampler sampler;
  private final TextStream stream;
  private final StopText stops;
  private final KeyValues cache;
  private final int promptTokens;
  private final int most;

  /// The tokens that the model has not seen: the rest of the prompt, then the last one generated.
  private int[] unseen;

  private int generated;

  Sequence(LanguageModel model, Request request, int maxContext, Generation generation) {
    this.model = model;
    this.generation = generation;
    this.unseen = request.prompt();
    this.promptTokens = unseen.length;
    this.most = Math.min(request.sampling().maxTokens(), maxContext - promptTokens);
    this.sampler = new Sampler(request.sampling(), unseen);
    this.stream = model.tokenizer().stream();
    this.stops = new StopText(request.sampling().stop());
    this.cache = model.cache(promptTokens + most);
  }

  Generation generation() {
    return generation;
  }

  KeyValues cache() {
    return cache;
  }

  int generated() {
    return generated;
  }

  /// How many tokens the model has yet to see.
  int pending() {
    return unseen.length;
  }

  /// The next of them.
  int[] take(int count) {
    int[] taken = Arrays.copyOf(unseen, count);
    unseen = Arrays.copyOfRange(unseen, count, unseen.length);
    return taken;
  }

  /// Chooses the next token and tells the reader.
  ///
  /// @return why the answer ends, or null where it goes on
  @Nullable FinishReason next(float[] scores) {
    int id = sampler.next(scores);
    generated++;
    if (model.stopIds().contains(id)) {
      generation.emit(new Event.Token(id, end("")));
      return FinishReason.STOP;
    }
    String text = id < model.tokenizer().vocabularySize() ? stream.add(id) : "";
    if (generated == most) {
      generation.emit(new Event.Token(id, end(text)));
      return stops.stopped() ? FinishReason.STOP : FinishReason.LENGTH;
    }
    generation.emit(new Event.Token(id, stops.add(text)));
    unseen = new int[] {id};
    return stops.stopped() ? FinishReason.STOP : null;
  }

  /// The last of the text: with what was held back.
  private String end(String text) {
    String through = stops.add(text + stream.finish());
    return stops.stopped() ? through : through + stops.rest();
  }

  void finish(FinishReason reason) {
    generation.emit(new Event.Done(reason, promptTokens, generated));
  }
}
