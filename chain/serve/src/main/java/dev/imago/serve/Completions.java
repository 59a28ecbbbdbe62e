package dev.imago.serve;

import dev.imago.generate.Event;
import dev.imago.generate.FinishReason;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Answers to chats and texts: admits, generates, writes whole or as a stream, and gives up when
/// the client has gone.
///
/// A client that has gone shows only when something is written to it. So a waiting one is sent a
/// sign of life now and then: in a stream a comment, before a whole answer a space, which JSON
/// allows there.
final class Completions {
  private static final String LETTERS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  private static final byte[] SSE_COMMENT = ": waiting\n\n".getBytes(StandardCharsets.UTF_8);
  private static final byte[] SPACE = {' '};

  private final ServerConfig config;
  private final Backend backend;
  private final ServedAnswers servedAnswers;
  private final Metrics metrics;
  private final Clock clock;
  private final RandomGenerator random;
  private final AtomicInteger admitted = new AtomicInteger();
  private final Set<Pump> pumps = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;
  private volatile boolean cancelling;

  /// @param random makes the answers' ids, which must not be guessed: whoever knows one can rate
  Completions(
      ServerConfig config,
      Backend backend,
      ServedAnswers servedAnswers,
      Metrics metrics,
      Clock clock,
      RandomGenerator random) {
    this.config = config;
    this.backend = backend;
    this.servedAnswers = servedAnswers;
    this.metrics = metrics;
    this.clock = clock;
    this.random = random;
  }

  /// From now on new requests are refused; running ones go on.
  void stopAdmitting() {
    stopping = true;
  }

  /// Ends the running answers.
  void cancelAll() {
    cancelling = true;
    pumps.forEach(Pump::cancel);
  }

  void answer(Ask.Kind kind, byte[] body, long arrivedNanos, ServerResponse response)
      throws InterruptedException {
    if (stopping) {
      throw stopped();
    }
    int most = config.maxSequences() + config.maxWaiting();
    try {
      if (admitted.incrementAndGet() > most) {
        response.header(HeaderNames.RETRY_AFTER, "1");
        throw ApiException.of(
            429,
            "too_many_requests",
            "%d requests are being answered or waiting, and no more may: try again in a moment"
                .formatted(most));
      }
      Ask ask = Ask.read(kind, Fields.parse(body), config, backend, random);
      var answer = new Answer(ask, arrivedNanos, response);
      try (Pump pump = Pump.start(backend.generate(ask.prompt(), ask.sampling()))) {
        pumps.add(pump);
        try {
          if (cancelling) {
            pump.cancel(); // cancelAll may have come before this one was among the pumps
          }
          answer.write(pump);
        } finally {
          pumps.remove(pump);
        }
      }
    } finally {
      admitted.decrementAndGet();
    }
  }

  private static ApiException stopped() {
    return ApiException.of(503, "stopping", "the server is stopping; try again when it is back");
  }

  private String newId(Ask.Kind kind) {
    var id = new StringBuilder(kind.idPrefix);
    for (int i = 0; i < 24; i++) {
      id.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return id.toString();
  }

  /// One answer on its way out.
  private final class Answer {
    private final Ask ask;
    private final long arrivedNanos;
    private final ServerResponse response;
    private final Reply reply;
    private final ServedAnswers.Served served;
    private long firstTokenNanos;
    private @Nullable OutputStream out;

    Answer(Ask ask, long arrivedNanos, ServerResponse response) {
      this.ask = ask;
      this.arrivedNanos = arrivedNanos;
      this.response = response;
      String id = newId(ask.kind());
      this.reply =
          new Reply(
              ask.kind(), id, clock.instant().getEpochSecond(), config.model(), ask.includeUsage());
      this.served = servedAnswers.start(id, ask.messages());
    }

    void write(Pump pump) throws InterruptedException {
      try {
        if (ask.stream()) {
          stream(pump);
        } else {
          whole(pump);
        }
      } catch (IOException e) {
        throw new ClientGoneException(e);
      } finally {
        if (!pump.ended()) {
          pump.cancel();
          drain(pump);
        }
      }
    }

    private void stream(Pump pump) throws InterruptedException, IOException {
      response.header(
          HeaderValues.create(HeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8"));
      response.header(HeaderValues.create(HeaderNames.CACHE_CONTROL, "no-cache"));
      // Proxies of the nginx kind hold a stream back unless told not to.
      response.header(HeaderValues.create("X-Accel-Buffering", "no"));
      send(reply.opening().getBytes(StandardCharsets.UTF_8));
      while (true) {
        Event event = await(pump, SSE_COMMENT);
        var pieces = new StringBuilder();
        // What has come meanwhile goes out in one write.
        while (event instanceof Event.Token(int id, String text)) {
          pieces.append(token(text));
          event = pump.ready();
        }
        if (!pieces.isEmpty()) {
          send(reply.piece(pieces.toString()).getBytes(StandardCharsets.UTF_8));
        }
        if (event instanceof Event.Done end) {
          count(end);
          boolean cancelled = end.reason() == FinishReason.CANCELLED;
          send(
              (cancelled ? Reply.error(stopped()) : reply.ending(end.reason(), usage(end)))
                  .getBytes(StandardCharsets.UTF_8));
          finish();
          return;
        }
      }
    }

    private void whole(Pump pump) throws InterruptedException, IOException {
      response.header(HeaderValues.CONTENT_TYPE_JSON);
      while (true) {
        switch (await(pump, SPACE)) {
          case Event.Token(int id, String text) -> token(text);
          case Event.Done end -> {
            count(end);
            if (end.reason() == FinishReason.CANCELLED) {
              throw stopped();
            }
            byte[] json = reply.whole(served.answer(), end.reason(), usage(end));
            if (out == null) {
              response.send(json);
            } else {
              send(json);
              finish();
            }
            return;
          }
        }
      }
    }

    /// The next event, with signs of life to the client until it is there.
    private Event await(Pump pump, byte[] signOfLife) throws InterruptedException, IOException {
      while (true) {
        var event = pump.next(config.heartbeat());
        if (event.isPresent()) {
          return event.get();
        }
        send(signOfLife);
      }
    }

    private String token(String text) {
      if (firstTokenNanos == 0) {
        firstTokenNanos = System.nanoTime();
        metrics.firstToken(firstTokenNanos - arrivedNanos);
      }
      served.append(text);
      return text;
    }

    private void send(byte[] bytes) throws IOException {
      OutputStream stream = out;
      if (stream == null) {
        stream = response.outputStream();
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

    /// After a cancel: the token counts, and the end of the answer as it was generated, come still.
    private void drain(Pump pump) throws InterruptedException {
      for (int i = 0; i < ask.sampling().maxTokens() + 2; i++) {
        var event = pump.next(Duration.ofSeconds(5));
        if (event.isEmpty()) {
          return;
        }
        if (event.get() instanceof Event.Done end) {
          count(end);
          return;
        }
      }
    }

    private void count(Event.Done end) {
      metrics.answered(
          end.promptTokens(),
          end.completionTokens(),
          firstTokenNanos == 0 ? 0 : System.nanoTime() - firstTokenNanos,
          end.reason() == FinishReason.CANCELLED);
    }

    private static Reply.Usage usage(Event.Done end) {
      return new Reply.Usage(end.promptTokens(), end.completionTokens());
    }
  }
}
