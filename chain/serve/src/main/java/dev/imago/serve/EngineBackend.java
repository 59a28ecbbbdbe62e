package dev.imago.serve;

import dev.imago.generate.BusyException;
import dev.imago.generate.Engine;
import dev.imago.generate.Event;
import dev.imago.generate.Generation;
import dev.imago.generate.LanguageModel;
import dev.imago.generate.Request;
import dev.imago.generate.Sampling;
import dev.imago.templates.ChatTemplate;

/// The engine of [dev.imago.generate] over one model.
final class EngineBackend implements Backend {
  private final LanguageModel model;
  private final Engine engine;
  private final int context;

  private EngineBackend(LanguageModel model, Engine engine, int context) {
    this.model = model;
    this.engine = engine;
    this.context = context;
  }

  static EngineBackend of(LanguageModel model, ServerConfig config) {
    int longest = model.config().context();
    int context = config.maxContext() == 0 ? longest : Math.min(longest, config.maxContext());
    var engine = new Engine(model, config.maxSequences(), context, config.maxWaiting());
    return new EngineBackend(model, engine, context);
  }

  @Override
  public int context() {
    return context;
  }

  @Override
  public int[] encodeText(String text) {
    return model.tokenizer().encodeOrdinary(text);
  }

  @Override
  public int[] encodeChat(Conversation conversation) {
    ChatTemplate template = model.chatTemplate();
    if (!conversation.tools().isEmpty() && !template.mentions("tools")) {
      throw ApiException.invalid(
          "tools",
          "unsupported_parameter",
          "this model's chat template shows it no tools; leave tools out, or serve a model that was"
              + " made for them");
    }
    if (conversation.hasCalls() && !template.mentions("tool_calls")) {
      throw ApiException.invalid(
          "messages",
          "unsupported_parameter",
          "this model's chat template shows it no tool_calls; leave them out of messages, or serve"
              + " a model that was made for them");
    }
    return template.encodeChat(model.tokenizer(), conversation.variables());
  }

  @Override
  public Answering generate(int[] prompt, Sampling sampling) {
    Generation generation;
    try {
      generation = engine.submit(new Request(prompt, sampling));
    } catch (BusyException e) {
      throw ApiException.of(429, "too_many_requests", String.valueOf(e.getMessage()));
    }
    return new Answering() {
      @Override
      public boolean hasNext() {
        return generation.hasNext();
      }

      @Override
      public Event next() {
        return generation.next();
      }

      @Override
      public void cancel() {
        generation.cancel();
      }
    };
  }

  @Override
  public int running() {
    return engine.stats().running();
  }

  @Override
  public int waiting() {
    return engine.stats().waiting();
  }

  @Override
  public void close() {
    engine.close();
  }
}
