package dev.imago.cli;

import dev.imago.core.Artifact;
import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.core.Ref;
import dev.imago.core.Workspace;
import dev.imago.data.KeptAnswer;
import dev.imago.data.KeptAnswers;
import dev.imago.data.Labels;
import dev.imago.data.Rating;
import dev.imago.data.RatingLog;
import dev.imago.data.Ratings;
import dev.imago.feedback.RatingsFolder;
import dev.imago.labelling.LabelProject;
import dev.imago.labelling.LabelSnapshot;
import dev.imago.state.State;
import dev.imago.state.StateAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// Deletes what a user said, and lists what was built from it.
@Command(
    name = "forget",
    mixinStandardHelpOptions = true,
    description = {
      "Delete a user's ratings and the kept answers to what the user asked, and list the artifacts",
      "and projects that hold any of it or were made from those that do. They stay until they are",
      "removed. A user is known by the name alone: where tenants share a server, those of all",
      "tenants who are called so."
    },
    footer = {"", "Example:  imago feedback forget user-7"})
final class FeedbackForgetCommand implements Callable<Integer> {
  @ParentCommand private FeedbackCommand parent = new FeedbackCommand();

  @Parameters(paramLabel = "USER", description = "As requests name the user (their field `user`).")
  private String user = "";

  @Option(
      names = "--state",
      paramLabel = "ADDRESS",
      description =
          "Where projects are looked for: a folder, or"
              + " postgresql://USER:PASSWORD@HOST:PORT/DATABASE (default: state in the workspace).")
  private @Nullable String state;

  @Override
  public Integer call() {
    var workspace = new Workspace(parent.imago.workspace());
    Path ratings = workspace.root().resolve("ratings.jsonl");
    Path answers = workspace.root().resolve(KeptAnswers.FILE);
    Set<String> ids = new TreeSet<>();
    if (Files.exists(ratings)) {
      try (Stream<Rating> all = RatingLog.read(ratings)) {
        all.filter(r -> r.isOf(user)).forEach(r -> ids.add(r.completionId()));
      }
    }
    List<KeptAnswer> kept = KeptAnswers.all(answers);
    kept.stream().filter(k -> user.equals(k.user())).forEach(k -> ids.add(k.completionId()));
    if (ids.isEmpty()) {
      throw new ConfigException(
          "nothing in %s or %s is of a user «%s»".formatted(ratings, answers, user));
    }
    // First what is listed, for nothing tells it once they are gone.
    Map<Ref, String> holding = holding(workspace, ids);
    Map<Ref, Ref> made = new CorpusSearch(workspace).dependants(List.copyOf(holding.keySet()));
    var rows = new ArrayList<List<String>>();
    holding.forEach((ref, what) -> rows.add(List.of(ref.brief(), "holds it", what)));
    made.forEach(
        (ref, from) -> {
          if (!holding.containsKey(ref)) {
            rows.add(List.of(ref.brief(), "made from it", "by way of " + from.brief()));
          }
        });
    projects(workspace, ids).forEach((name, what) -> rows.add(List.of(name, "holds it", what)));
    if (!rows.isEmpty()) {
      System.out.print(Table.render(List.of("what", "how", "where"), rows));
    }
    int said = 0;
    int asked = 0;
    if (Files.exists(ratings)) {
      try (RatingLog log = RatingLog.open(ratings)) {
        said = log.remove(r -> r.isOf(user)).size();
      }
    }
    if (!kept.isEmpty()) {
      try (KeptAnswers log = KeptAnswers.open(answers)) {
        asked = log.remove(k -> user.equals(k.user())).size();
      }
    }
    System.out.printf("%,d ratings and %,d kept answers are deleted%n", said, asked);
    System.out.printf(
        "projects were looked for in %s%n",
        state == null ? "the workspace's own state; --state names another" : "that of --state");
    if (!holding.isEmpty()) {
      Console.of(parent.imago)
          .note(
              "run the recipe again, then remove what holds it: imago rm %s --dependants"
                  .formatted(String.join(" ", holding.keySet().stream().map(Ref::brief).toList())));
    }
    return 0;
  }

  /// Ratings and labels that hold one of them, with how many.
  private static Map<Ref, String> holding(Workspace workspace, Set<String> ids) {
    var holding = new LinkedHashMap<Ref, String>();
    for (Ref ref : workspace.artifacts()) {
      long n =
          ref.kind().equals(Artifact.kind(Ratings.class))
              ? RatingsFolder.read(workspace.find(ref.toString()).folder()).stream()
                  .filter(r -> ids.contains(r.completionId()))
                  .count()
              : ref.kind().equals(Artifact.kind(Labels.class))
                  ? labelled(workspace.find(ref.toString()).folder(), ids)
                  : 0;
      if (n > 0) {
        holding.put(ref, "%,d of them".formatted(n));
      }
    }
    return holding;
  }

  /// Of a snapshot of people's labels: items that are kept answers.
  private static long labelled(Path folder, Set<String> ids) {
    Path answers = folder.resolve(LabelSnapshot.ANSWERS);
    if (!Files.exists(answers)) {
      return 0;
    }
    try (Stream<String> lines = Files.lines(answers)) {
      return lines
          .filter(line -> ids.stream().anyMatch(id -> line.contains('"' + id + '"')))
          .count();
    } catch (IOException e) {
      throw AtomicFile.failure("read", answers, e);
    }
  }

  /// Projects with items of them.
  private Map<String, String> projects(Workspace workspace, Set<String> ids) {
    var found = new LinkedHashMap<String, String>();
    if (state == null && !Files.exists(workspace.root().resolve("state"))) {
      return found;
    }
    StateAddress address =
        state == null ? StateAddress.in(workspace.root()) : StateAddress.parse(state);
    try (State opened = State.open(address, LabelProject.SCHEMA)) {
      for (String name : LabelProject.names(opened)) {
        LabelProject project = LabelProject.open(opened, Clock.systemUTC(), name);
        long n = ids.stream().filter(project::has).count();
        if (n > 0) {
          found.put("project " + name, "%,d items".formatted(n));
        }
      }
    }
    return found;
  }
}
