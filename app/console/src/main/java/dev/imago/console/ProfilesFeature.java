package dev.imago.console;

import dev.imago.accounts.Role;
import dev.imago.console.html.Element;
import dev.imago.console.pages.PageFrame;
import dev.imago.console.pages.ProfilesPage;
import dev.imago.console.pages.Visit;
import dev.imago.console.profiles.FlightRecordings;
import dev.imago.console.profiles.JavaProcesses;
import dev.imago.console.profiles.ProfileSummary;
import dev.imago.console.runs.Asked;
import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.core.EnvironmentException;
import dev.imago.http.Exchange;
import dev.imago.http.Feature;
import dev.imago.http.Route;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where recordings of runs and servers are begun, ended and looked at, by operators.
final class ProfilesFeature implements Feature {
  private final FlightRecordings recordings;
  private final Entrance entrance;
  private final ProfilesPage page;
  private @Nullable Read last;

  /// The recording that was looked at last: to look closer reads no file.
  private record Read(String id, ProfileSummary profile) {}

  ProfilesFeature(Path folder, Clock clock, Entrance entrance, PageFrame frame) {
    this.recordings = new FlightRecordings(folder, new JavaProcesses(), clock);
    this.entrance = entrance;
    this.page = new ProfilesPage(frame, recordings);
  }

  @Override
  public List<Route> routes() {
    return List.of(
        entrance.page("/profiles", Role.OPERATOR, (visit, _) -> list(visit, "")),
        entrance.post("/profiles/start", Role.OPERATOR, this::start),
        entrance.page("/profiles/{id}", Role.OPERATOR, this::look),
        entrance.get(
            "/profiles/{id}/file", Role.OPERATOR, (exchange, _) -> send(exchange, named(exchange))),
        entrance.post("/profiles/{id}/stop", Role.OPERATOR, this::stop),
        entrance.post("/profiles/{id}/remove", Role.OPERATOR, this::remove));
  }

  private FlightRecordings.Recording named(Exchange exchange) {
    return recordings.find(exchange.pathParameter("id")).orElseThrow(Entrance::missing);
  }

  private Element list(Visit visit, String problem) {
    return page.page(visit, recordings.processes(), problem);
  }

  /// What an operator wants done.
  @FunctionalInterface
  private interface Work {
    String done();
  }

  private void does(Visit visit, Exchange exchange, String action, Work work) {
    try {
      entrance.note(visit.reader(), action, work.done());
      Entrance.backTo(exchange, "/profiles");
    } catch (ConfigException | EnvironmentException e) {
      exchange.status(e instanceof ConfigException ? 400 : 502);
      Entrance.html(exchange, list(visit, String.valueOf(e.getMessage())));
    }
  }

  private void start(Visit visit, Asked form, Exchange exchange) {
    does(
        visit,
        exchange,
        "profile.start",
        () -> recordings.start(form.number("pid").orElse(-1.0).longValue()).id());
  }

  private void stop(Visit visit, Asked form, Exchange exchange) {
    FlightRecordings.Recording recording = named(exchange);
    does(
        visit,
        exchange,
        "profile.stop",
        () -> {
          recordings.stop(recording);
          return recording.id();
        });
  }

  private void remove(Visit visit, Asked form, Exchange exchange) {
    FlightRecordings.Recording recording = named(exchange);
    does(
        visit,
        exchange,
        "profile.remove",
        () -> {
          recordings.remove(recording);
          return recording.id();
        });
  }

  private Element look(Visit visit, Exchange exchange) {
    FlightRecordings.Recording recording = named(exchange);
    if (recording.bytes() == 0) {
      throw Entrance.missing();
    }
    return page.recording(visit, recording, profile(recording), path(visit.asked().first("at")));
  }

  private synchronized ProfileSummary profile(FlightRecordings.Recording recording) {
    Read known = last;
    if (known == null || !known.id().equals(recording.id())) {
      known = new Read(recording.id(), ProfileSummary.read(recordings.file(recording)));
      last = known;
    }
    return known.profile();
  }

  private static List<Integer> path(String text) {
    var path = new ArrayList<Integer>();
    for (String each : text.split("\\.")) {
      if (!each.matches("\\d{1,6}")) {
        break;
      }
      path.add(Integer.parseInt(each));
    }
    return path;
  }

  private void send(Exchange exchange, FlightRecordings.Recording recording) {
    if (recording.bytes() == 0) {
      throw Entrance.missing();
    }
    exchange.header("Content-Disposition", "attachment; filename=\"" + recording.id() + ".jfr\"");
    Path file = recordings.file(recording);
    try (OutputStream out = exchange.begin("application/octet-stream")) {
      Files.copy(file, out);
    } catch (IOException e) {
      throw AtomicFile.failure("send", file, e);
    }
  }
}
