package dev.imago.evaluate;

import dev.imago.core.EnvironmentException;
import dev.imago.core.InputException;
import dev.imago.core.Progress;
import dev.imago.data.Example;
import dev.imago.generate.Engine;
import dev.imago.generate.Event;
import dev.imago.generate.Generation;
import dev.imago.generate.LanguageModel;
import dev.imago.generate.Request;
import dev.imago.generate.Sampling;
import dev.imago.generate.Speed;
import dev.imago.model.ModelCard;
import dev.imago.model.ModelShape;
import dev.imago.tasks.answering.TemplateVariables;
import dev.imago.templates.ChatTemplate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/// A model on the CPU runtime that serves it, with its own tokenizer and chat template.
record RuntimeModel(LanguageModel model) implements TextModel {
  /// Answers that are generated together: weights are read once for all of them.
  private static final int TOGETHER = 16;

  /// A short prompt, and as many tokens after it as tell a rate.
  private static final int SHORT = 8;

  private static final int TIMED = 64;

  /// Opens a Hugging Face folder or one with a `model.gguf`.
  static TextModel open(Path folder, int threads) {
    try {
      return new RuntimeModel(LanguageModel.open(folder, threads));
    } catch (NoSuchFileException e) {
      String reason = e.getReason() == null ? e.getFile() + " is missing" : e.getReason();
      throw new InputException("cannot evaluate %s: %s".formatted(folder, reason), e);
    } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
      throw new InputException("cannot evaluate %s: %s".formatted(folder, e.getMessage()), e);
    } catch (IllegalStateException e) {
      throw new EnvironmentException("cannot evaluate here: " + e.getMessage(), e);
    }
  }

  @Override
  public float[] logProbabilities(int[] ids) {
    return model.logProbabilities(ids);
  }

  @Override
  public int[] prompt(List<Example.Message> given) {
    return prompt(given, List.of());
  }

  @Override
  public int[] prompt(Example example) {
    return prompt(example.given(), example.tools());
  }

  private int[] prompt(List<Example.Message> given, List<Map<String, Object>> tools) {
    ChatTemplate template = model.chatTemplate();
    return template.encodeChat(model.tokenizer(), TemplateVariables.before(template, given, tools));
  }

  @Override
  public List<String> answers(List<int[]> prompts, int maxNewTokens, Progress progress)
      throws InterruptedException {
    return generated(
        prompts.stream().map(p -> new Request(p, Sampling.greedy(maxNewTokens))).toList(),
        progress);
  }

  @Override
  public List<String> continuations(
      List<int[]> prompts, int maxNewTokens, float temperature, long seed)
      throws InterruptedException {
    var requests = new ArrayList<Request>();
    for (int i = 0; i < prompts.size(); i++) {
      requests.add(
          new Request(prompts.get(i), Sampling.of(maxNewTokens, temperature, 1, seed + i)));
    }
    return generated(requests, Progress.NONE);
  }

  @Override
  public double tokensPerSecond() {
    int prompt = Math.min(SHORT, context() / 2);
    int timed = Math.min(TIMED, context() - prompt);
    return Speed.measure(model, prompt, timed).decode();
  }

  private List<String> generated(List<Request> requests, Progress progress)
      throws InterruptedException {
    var answers = new ArrayList<String>();
    try (var engine = Engine.unpaced(model, TOGETHER, context())) {
      var pending = new ArrayDeque<Generation>();
      int submitted = 0;
      while (answers.size() < requests.size()) {
        // Twice as many as run at a time, so that none waits for the oldest to be read.
        while (submitted < requests.size() && pending.size() < 2 * TOGETHER) {
          pending.add(engine.submit(requests.get(submitted++)));
        }
        answers.add(text(pending.remove()));
        progress.add(1);
      }
    } catch (CancellationException e) {
      Thread.interrupted(); // What the exception stands for is told by the one below instead.
      throw new InterruptedException();
    }
    return answers;
  }

  private static String text(Generation generation) {
    var text = new StringBuilder();
    while (generation.hasNext()) {
      if (generation.next() instanceof Event.Token token) {
        text.append(token.text());
      }
    }
    return text.toString().strip();
  }

  @Override
  public int context() {
    return model.config().context();
  }

  @Override
  public int vocabularySize() {
    return model.config().vocabularySize();
  }

  @Override
  public ModelCard card() {
    return model.card();
  }

  @Override
  public Optional<ModelShape> shape() {
    return Optional.of(model.config());
  }

  @Override
  public int[] tokenBytes() {
    return model.tokenBytes();
  }

  @Override
  public String decode(int[] ids) {
    return model.tokenizer().decode(ids);
  }

  @Override
  public int[] encode(String text) {
    return model.tokenizer().encodeOrdinary(text);
  }

  @Override
  public void close() {
    model.close();
  }
}
