package dev.imago.serve.completions;

import dev.imago.constraints.ConstraintException;
import dev.imago.generate.BusyException;
import dev.imago.http.ApiException;
import dev.imago.http.Exchange;
import dev.imago.http.Feature;
import dev.imago.http.JsonFields;
import dev.imago.http.Route;
import dev.imago.serve.metrics.Metrics;
import dev.imago.serve.models.Backend;
import dev.imago.serve.models.Models;
import dev.imago.serve.models.ServedModel;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/// Answers to chats and texts: admits requests, has the answers generated, and ends them when the
/// server stops. [AnswerWriter] writes them.
public final class CompletionsFeature implements Feature {
  private static final String LETTERS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

  private final Models models;
  private final int mostAnswers;
  private final Duration heartbeat;
  private final boolean cacheApart;
  private final ServedAnswers servedAnswers;
  private final Metrics metrics;
  private final Clock clock;
  private final RandomGenerator random;
  private final AtomicInteger admitted = new AtomicInteger();
  private final Set<TokenStream> streams = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;
  private volatile boolean cancelling;

  /// @param mostAnswers being generated and waiting together; more are told to come back (429)
  /// @param heartbeat how often a waiting client is sent a sign of life
  /// @param cacheApart whether nothing computed for one caller is used for another
  /// @param random makes the answers' ids, which must not be guessed: whoever knows one can rate
  public CompletionsFeature(
      Models models,
      int mostAnswers,
      Duration heartbeat,
      boolean cacheApart,
      ServedAnswers servedAnswers,
      Metrics metrics,
      Clock clock,
      RandomGenerator random) {
    this.models = models;
    this.mostAnswers = mostAnswers;
    this.heartbeat = heartbeat;
    this.cacheApart = cacheApart;
    this.servedAnswers = servedAnswers;
    this.metrics = metrics;
    this.clock = clock;
    this.random = random;
  }

  @Override
  public List<Route> routes() {
    return Arrays.stream(CompletionKind.values())
        .map(kind -> Route.post(kind.path, Route.Access.KEY, exchange -> answer(kind, exchange)))
        .toList();
  }

  /// From now on new requests are refused; running ones go on.
  public void stopAdmitting() {
    stopping = true;
  }

  /// Ends the running answers.
  public void cancelAll() {
    cancelling = true;
    streams.forEach(TokenStream::cancel);
  }

  private void answer(CompletionKind kind, Exchange exchange) throws InterruptedException {
    if (stopping) {
      throw stopped();
    }
    int taken = 0;
    try {
      taken = admit(1, exchange);
      JsonFields fields = exchange.fields();
      ServedModel model = models.generating(fields.string("model"), kind.path);
      GenerationRequest request =
          GenerationRequest.read(kind, fields, model, random)
              .of(exchange.caller().tenant(), cacheApart);
      taken += admit(request.choices().size() - 1, exchange);
      try (TokenStream stream = TokenStream.start(generate(request, exchange))) {
        streams.add(stream);
        try {
          if (cancelling) {
            stream.cancel(); // cancelAll may have come before this one was among the streams
          }
          reply(request, exchange).write(stream);
        } finally {
          streams.remove(stream);
        }
      }
    } finally {
      admitted.addAndGet(-taken);
    }
  }

  private int admit(int answers, Exchange exchange) {
    if (admitted.addAndGet(answers) > mostAnswers) {
      admitted.addAndGet(-answers);
      throw busy(
          exchange,
          "%d answers are being given or waiting, and no more may".formatted(mostAnswers));
    }
    return answers;
  }

  private static ApiException busy(Exchange exchange, String why) {
    exchange.header("Retry-After", "1");
    return ApiException.of(429, "too_many_requests", why + ": try again in a moment");
  }

  private static List<Backend.AnswerWriter> generate(GenerationRequest request, Exchange exchange) {
    var answers = new ArrayList<Backend.AnswerWriter>();
    try {
      for (GenerationRequest.Choice choice : request.choices()) {
        answers.add(request.model().backend().generate(request.of(choice)));
      }
      return answers;
    } catch (BusyException e) {
      answers.forEach(Backend.AnswerWriter::cancel);
      throw busy(exchange, String.valueOf(e.getMessage()));
    } catch (ConstraintException e) {
      answers.forEach(Backend.AnswerWriter::cancel);
      throw beyond(e);
    } catch (RuntimeException e) {
      answers.forEach(Backend.AnswerWriter::cancel);
      throw e;
    }
  }

  /// Of what the answer must be, met while it was written: the client's to mend.
  static ApiException beyond(ConstraintException e) {
    return ApiException.of(400, "constraint_failed", String.valueOf(e.getMessage()));
  }

  static ApiException stopped() {
    return ApiException.of(503, "stopping", "the server is stopping; try again when it is back");
  }

  private AnswerWriter reply(GenerationRequest request, Exchange exchange) {
    String id = newId(request.kind());
    var served = new ArrayList<ServedAnswers.Served>();
    var read = new ArrayList<ReadAnswer>();
    for (GenerationRequest.Choice choice : request.choices()) {
      read.add(
          new ReadAnswer(
              request.model().backend(), choice.prompt(), () -> letters(new StringBuilder(), 9)));
      served.add(
          servedAnswers.start(
              ServedAnswers.id(id, served.size()),
              request.model().reference(),
              choice.prompt().said()));
    }
    var reply =
        new Reply(
            request.kind(),
            id,
            clock.instant().getEpochSecond(),
            request.model().name(),
            request.includeUsage());
    return new AnswerWriter(request, reply, served, read, exchange, heartbeat, metrics);
  }

  private String newId(CompletionKind kind) {
    return letters(new StringBuilder(kind.idPrefix), 24);
  }

  /// Calls are named by nine of them, since Mistral's templates refuse ids of another length.
  private String letters(StringBuilder id, int count) {
    for (int i = 0; i < count; i++) {
      id.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return id.toString();
  }
}
