// Past 400 lines: a reply whole and as a stream are one course of the same events.
package dev.imago.serve.completions;

import dev.imago.accounts.RequestOutcome;
import dev.imago.accounts.TokenUse;
import dev.imago.constraints.ConstraintException;
import dev.imago.core.EnergyUse;
import dev.imago.data.KeptAnswer;
import dev.imago.dialogue.AnswerPart;
import dev.imago.generate.EnergyTally;
import dev.imago.generate.Event;
import dev.imago.generate.FinishReason;
import dev.imago.generate.LogProbabilities;
import dev.imago.generate.NotFiniteException;
import dev.imago.generate.Spared;
import dev.imago.generate.Timing;
import dev.imago.http.ApiException;
import dev.imago.http.ClientGoneException;
import dev.imago.http.Router;
import dev.imago.serve.metering.AnswerFacts;
import dev.imago.serve.metering.RequestMeter;
import dev.imago.serve.metrics.Metrics;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A request's answers on their way out, whole or as a stream. Gives up when the client has gone.
///
/// A client that hangs up shows where its connection is looked at, a few times a second; one that
/// is cut off shows only when something is written to it, as does one behind TLS. So a waiting one
/// is sent a sign of life now and then: in a stream a comment, before a whole answer a space, which
/// JSON allows there.
final class AnswerWriter {
  private static final byte[] SPACE = {' '};

  /// How often it is looked whether the client has hung up.
  private static final long LOOK_NANOS = 250_000_000;

  private final String path;
  private final String id;
  private final GenerationRequest request;
  private final ReplyForm reply;
  private final List<ServedAnswers.Served> served;
  private final List<ReadAnswer> read;
  private final Outlet exchange;
  private final Duration heartbeat;
  private final RequestMeter.Running metered;
  private final Metrics metrics;
  private final BooleanSupplier flagged;

  /// Of each answer the sum of its tokens' probabilities, where these are known.
  private final double[] probable;

  /// The ends of those answers that have one, by choice.
  private final TreeMap<Integer, Event.Done> ends = new TreeMap<>();

  /// Of each answer what its tokens' probabilities are told by, and the tokens that are to be told.
  private final List<ProbabilityFields> probabilities = new ArrayList<>();

  private final List<List<ScoredToken>> scored = new ArrayList<>();

  /// From the request's arrival to its first token; 0 before there is one.
  private long firstTokenNanos;

  private long lookedNanos = System.nanoTime();
  private boolean failed;

  /// Whether the form has had its last word.
  private boolean told;

  private @Nullable OutputStream out;

  /// @param path of the route
  /// @param id of the reply
  /// @param served where each answer's text is kept
  /// @param read each answer, as it is taken apart
  /// @param metered takes what was used, before the end is sent
  /// @param flagged tells whether moderation flagged anything
  AnswerWriter(
      String path,
      String id,
      GenerationRequest request,
      ReplyForm reply,
      List<ServedAnswers.Served> served,
      List<ReadAnswer> read,
      Outlet exchange,
      Duration heartbeat,
      RequestMeter.Running metered,
      Metrics metrics,
      BooleanSupplier flagged) {
    this.flagged = flagged;
    this.probable = new double[served.size()];
    this.path = path;
    this.id = id;
    this.request = request;
    this.reply = reply;
    this.served = served;
    this.read = read;
    this.exchange = exchange;
    this.heartbeat = heartbeat;
    this.metered = metered;
    this.metrics = metrics;
    for (int i = 0; i < served.size(); i++) {
      probabilities.add(
          new ProbabilityFields(request.kind(), request.model().backend(), echoed(i)));
      scored.add(new ArrayList<>());
    }
  }

  void write(TokenStream tokens) throws InterruptedException {
    try {
      if (request.stream()) {
        stream(tokens);
      } else {
        whole(tokens);
      }
    } catch (IOException e) {
      throw new ClientGoneException(e);
    } finally {
      if (!tokens.ended()) {
        tokens.cancel();
        drain(tokens);
      }
      // Where it did not come to its end; else this has been told.
      settle(failed ? RequestOutcome.FAILED : RequestOutcome.CANCELLED);
      if (!told) {
        reply.abandoned();
      }
    }
  }

  private void stream(TokenStream tokens) throws InterruptedException, IOException {
    exchange.header("Cache-Control", "no-cache");
    // Proxies of the nginx kind hold a stream back unless told not to.
    exchange.header("X-Accel-Buffering", "no");
    var openings = new StringBuilder();
    for (int i = 0; i < served.size(); i++) {
      openings.append(reply.opening(i));
      if (request.echo()) {
        openings.append(
            reply.pieces(i, List.of(new AnswerPart.Text(echoed(i))), read.get(i), null));
      }
    }
    send(openings.toString());
    String end;
    try {
      while (!tokens.ended()) {
        send(pieces(await(tokens, reply.signOfLife()), tokens));
      }
      settle(cancelled() ? RequestOutcome.CANCELLED : RequestOutcome.ANSWERED);
      end = cancelled() ? reply.error(RequestAnswering.stopped()) : reply.done(usage());
    } catch (RuntimeException e) {
      ApiException failure = failure(e);
      if (out == null) {
        throw failure;
      }
      end = reply.error(failure);
    }
    told = true;
    send(end);
    finish();
  }

  /// The chunks of an event and of what has come meanwhile, so that they go out in one write.
  private String pieces(TokenStream.Item first, TokenStream tokens) {
    var chunks = new StringBuilder();
    var parts = new ArrayList<AnswerPart>();
    int choice = first.choice();
    for (TokenStream.Item item = first; item != null; item = tokens.ready()) {
      if (item.choice() != choice) {
        flush(choice, parts, chunks);
        choice = item.choice();
      }
      switch (item.event()) {
        case Event.PromptToken prompt -> note(choice, prompt.id(), prompt.probabilities());
        case Event.Token token -> parts.addAll(token(choice, token, tokens));
        case Event.Done done -> {
          Event.Done end = count(choice, done);
          if (end.reason() != FinishReason.CANCELLED) {
            parts.addAll(read.get(choice).end(end.reason()));
            keep(choice, end);
            flush(choice, parts, chunks);
            chunks.append(reply.ending(choice, end.reason(), read.get(choice)));
          }
        }
      }
    }
    flush(choice, parts, chunks);
    return chunks.toString();
  }

  private void flush(int choice, List<AnswerPart> parts, StringBuilder chunks) {
    if (!parts.isEmpty() || !scored.get(choice).isEmpty()) {
      chunks.append(reply.pieces(choice, parts, read.get(choice), told(choice)));
      parts.clear();
    }
  }

  /// The prompt of an answer as it is shown before it.
  private String echoed(int choice) {
    return request.echo() ? request.choices().get(choice).prompt().said().getFirst().content() : "";
  }

  private void note(int choice, int id, @Nullable LogProbabilities likely) {
    scored.get(choice).add(new ScoredToken(id, likely));
  }

  /// The probabilities of the tokens since the last ones; null where none are told.
  private @Nullable Map<String, @Nullable Object> told(int choice) {
    List<ScoredToken> tokens = scored.get(choice);
    if (request.told().likeliest() < 0) {
      return null;
    }
    Map<String, @Nullable Object> json = probabilities.get(choice).json(tokens);
    tokens.clear();
    return json;
  }

  private void whole(TokenStream tokens) throws InterruptedException, IOException {
    try {
      while (!tokens.ended()) {
        TokenStream.Item item = await(tokens, SPACE);
        switch (item.event()) {
          case Event.PromptToken prompt -> note(item.choice(), prompt.id(), prompt.probabilities());
          case Event.Token token -> token(item.choice(), token, tokens);
          case Event.Done done -> {
            Event.Done end = count(item.choice(), done);
            read.get(item.choice()).end(end.reason());
            keep(item.choice(), end);
          }
        }
      }
    } catch (RuntimeException e) {
      throw failure(e);
    }
    if (cancelled()) {
      throw RequestAnswering.stopped();
    }
    List<ReplyForm.Ended> answers =
        ends.entrySet().stream()
            .map(
                e ->
                    new ReplyForm.Ended(
                        read.get(e.getKey()),
                        e.getValue().reason(),
                        echoed(e.getKey()),
                        told(e.getKey())))
            .toList();
    byte[] json = reply.whole(answers, usage());
    settle(RequestOutcome.ANSWERED);
    told = true;
    if (out == null) {
      exchange.send("application/json", json);
    } else {
      send(json);
      finish();
    }
  }

  /// The next event, with signs of life to the client until it is there, and looks whether the
  /// client is.
  private TokenStream.Item await(TokenStream tokens, byte[] signOfLife)
      throws InterruptedException, IOException {
    long quiet = System.nanoTime();
    while (true) {
      if (System.nanoTime() - lookedNanos >= LOOK_NANOS) {
        look(); // tokens of a whole answer are not sent, so that nothing else tells
      }
      long left = heartbeat.toNanos() - (System.nanoTime() - quiet);
      var item = tokens.next(Duration.ofNanos(Math.clamp(left, 0, LOOK_NANOS)));
      if (item.isPresent()) {
        return item.get();
      }
      look();
      if (System.nanoTime() - quiet >= heartbeat.toNanos()) {
        send(signOfLife);
        quiet = System.nanoTime();
      }
    }
  }

  private void look() throws IOException {
    lookedNanos = System.nanoTime();
    if (exchange.isGone()) {
      throw new IOException("the client has hung up");
    }
  }

  /// Takes a token; gives the parts of the answer that it makes certain.
  private List<AnswerPart> token(int choice, Event.Token token, TokenStream tokens) {
    if (firstTokenNanos == 0) {
      firstTokenNanos = Math.max(1, System.nanoTime() - exchange.arrivedNanos());
      metrics.firstToken(firstTokenNanos);
    }
    ReadAnswer answer = read.get(choice);
    if (answer.enough()) {
      return List.of();
    }
    LogProbabilities likely = token.probabilities();
    if (likely != null) {
      probable[choice] += Math.exp(likely.chosen());
      if (request.told().likeliest() >= 0) {
        note(choice, token.id(), likely);
      }
    }
    served.get(choice).append(answer.keptText(token.text()));
    List<AnswerPart> parts = answer.token(token.id(), token.text());
    if (answer.enough()) {
      tokens.cancel(choice);
    }
    return parts;
  }

  private void send(String text) throws IOException {
    if (!text.isEmpty()) {
      send(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private void send(byte[] bytes) throws IOException {
    OutputStream stream = out;
    if (stream == null) {
      stream = exchange.begin(request.stream() ? reply.streamType() : "application/json");
      out = stream;
    }
    try {
      stream.write(bytes);
      stream.flush();
    } catch (RuntimeException e) {
      throw new IOException(e); // Helidon's own unchecked kinds, all of them of the connection
    }
  }

  private void finish() throws IOException {
    if (out != null) {
      try {
        out.close();
      } catch (RuntimeException e) {
        throw new IOException(e);
      }
    }
  }

  /// What the client is told of an answer that could not be given.
  private ApiException failure(RuntimeException e) {
    failed = true;
    metrics.failed();
    return switch (e) {
      case NotFiniteException broken ->
          ApiException.of(500, "model_failed", String.valueOf(broken.getMessage()));
      case ConstraintException beyond -> RequestAnswering.beyond(beyond);
      case ApiException told -> told;
      default -> Router.failure(path, e);
    };
  }

  /// After a cancel: the token counts, and the ends of the answers as they were generated, come
  /// still.
  private void drain(TokenStream tokens) throws InterruptedException {
    while (!tokens.ended()) {
      try {
        var item = tokens.next(Duration.ofSeconds(5));
        if (item.isEmpty()) {
          return;
        }
        if (item.get().event() instanceof Event.Done done) {
          keep(item.get().choice(), count(item.get().choice(), done));
        }
      } catch (RuntimeException e) {
        // Another answer of the same request failed, too.
        metrics.failed();
      }
    }
  }

  /// Takes note of an answer's end; gives it as the client is told it.
  private Event.Done count(int choice, Event.Done done) {
    Event.Done end = read.get(choice).told(done);
    served.get(choice).append(read.get(choice).keptRest());
    ends.put(choice, end);
    metrics.generated(
        end.promptTokens(),
        end.completionTokens(),
        end.timing(),
        end.spared(),
        end.reason() == FinishReason.CANCELLED);
    return end;
  }

  /// Tells of an answer that is whole, once moderation has judged it to its end.
  private void keep(int choice, Event.Done end) {
    if (end.reason() != FinishReason.CANCELLED) {
      int tokens = end.completionTokens();
      double confidence =
          tokens == 0 || probable[choice] == 0 ? Double.NaN : probable[choice] / tokens;
      served
          .get(choice)
          .ended(new ServedAnswers.End(tokens, confidence, flagged.getAsBoolean(), took(end)));
    }
  }

  private static @Nullable EnergyUse energy(EnergyTally.@Nullable Joules took) {
    return took == null
        ? null
        : new EnergyUse(took.low(), took.high(), took.counted(), took.source());
  }

  private static KeptAnswer.Took took(Event.Done end) {
    Timing timing = end.timing();
    return new KeptAnswer.Took(
        end.promptTokens(),
        end.completionTokens(),
        timing.queueNanos() / 1e9,
        timing.prefillNanos() / 1e9,
        timing.decodeNanos() / 1e9,
        energy(timing.energy()));
  }

  /// Writes down what was used; of an answer without an end nothing is known.
  private void settle(RequestOutcome outcome) {
    Usage used = usage();
    metered.note(facts(used));
    metered.settle(
        outcome,
        ends.isEmpty()
            ? TokenUse.NONE
            : new TokenUse(
                used.promptTokens(),
                Math.min(used.promptTokens(), used.spared().cachedTokens()),
                used.completionTokens(),
                Math.min(used.completionTokens(), used.reasoningTokens())));
  }

  private AnswerFacts facts(Usage used) {
    return new AnswerFacts(
        id,
        request.choices().getFirst().sampling(),
        request.choices().size(),
        request.stream(),
        ends.entrySet().stream()
            .map(end -> Reply.name(end.getValue().reason(), read.get(end.getKey())))
            .toList(),
        firstTokenNanos,
        used.timing(),
        () ->
            new AnswerFacts.Texts(
                served.getFirst().messages(),
                served.stream().map(ServedAnswers.Served::answer).toList()));
  }

  private boolean cancelled() {
    return ends.values().stream().anyMatch(end -> end.reason() == FinishReason.CANCELLED);
  }

  /// A prompt counts once, however many answers it gets.
  private Usage usage() {
    Set<Prompt> prompts =
        request.choices().stream()
            .map(GenerationRequest.Choice::prompt)
            .collect(Collectors.toSet());
    return new Usage(
        prompts.stream().mapToInt(p -> p.ids().length).sum(),
        ends.values().stream().mapToInt(Event.Done::completionTokens).sum(),
        read.stream().mapToInt(ReadAnswer::reasoningTokens).sum(),
        spared(),
        ends.isEmpty() ? Timing.NONE : ends.firstEntry().getValue().timing());
  }

  /// Of each prompt what its first answer found: the others found what that one left.
  private Spared spared() {
    var counted = new HashSet<Prompt>();
    int cached = 0;
    int drafted = 0;
    int accepted = 0;
    for (Map.Entry<Integer, Event.Done> end : ends.entrySet()) {
      Spared own = end.getValue().spared();
      Prompt prompt = request.choices().get(end.getKey()).prompt();
      cached += counted.add(prompt) ? own.cachedTokens() : 0;
      drafted += own.draftedTokens();
      accepted += own.acceptedTokens();
    }
    return new Spared(cached, drafted, accepted);
  }
}
