package dev.imago.cli;

import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.Nearest;
import dev.imago.labelling.LabelProject;
import dev.imago.labelling.LabelServer;
import dev.imago.state.State;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// Serves the page of annotators.
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = {
      "Serve the page of annotators until stopped. Each person gets a link of his own, the same"
          + " after a restart: who has the link is that person."
    },
    footer = {"", "Example:  imago annotate serve reviews --person ann --person bob"})
final class AnnotateServeCommand implements Callable<Integer> {
  @ParentCommand private AnnotateCommand parent = new AnnotateCommand();
  @Mixin private AnnotateCommand.Where where = new AnnotateCommand.Where();

  @Option(
      names = "--person",
      paramLabel = "NAME",
      description = "Who labels, as often as there are people (default: who is there already).")
  private List<String> people = new ArrayList<>();

  @Option(
      names = "--remove",
      paramLabel = "NAME",
      description = "Who labels no longer: what he holds returns, what he answered stays.")
  private List<String> removed = new ArrayList<>();

  @Option(names = "--host", description = "The address to listen on (default: ${DEFAULT-VALUE}).")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      description = "The port; 0 for any free one (default: ${DEFAULT-VALUE}).")
  private int port = 8090;

  @Override
  public Integer call() throws InterruptedException {
    Bounds.whole("--port", port, 0, 65_535, "0 takes any free one");
    Logger helidon = Logger.getLogger("io.helidon");
    helidon.setLevel(Level.WARNING); // its greetings are not our user's business
    State state = where.open(parent);
    CountDownLatch stopped = new CountDownLatch(1);
    LabelServer server;
    try {
      LabelProject project = where.project(state);
      List<String> known = project.people();
      for (String person : removed) {
        if (!known.contains(person)) {
          throw new ConfigException(
              "--remove = %s labels nothing in «%s»%s"
                  .formatted(person, project.name(), Nearest.hint(person, known)));
        }
        project.remove(person);
      }
      List<String> all = new ArrayList<>(project.labelling());
      people.stream().filter(person -> !all.contains(person)).forEach(all::add);
      all.removeAll(removed);
      if (all.isEmpty()) {
        throw new ConfigException(
            "nobody labels «%s» yet; name people with --person".formatted(project.name()));
      }
      server = LabelServer.start(project, all, host, port, List.of());
    } catch (RuntimeException e) {
      state.close();
      throw e;
    }
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  server.close();
                  state.close();
                  stopped.countDown();
                },
                "stop"));
    System.out.printf("%nLabelling «%s»  (Ctrl-C stops it)%n", where.project);
    server.links().forEach((person, link) -> System.out.printf("  %s   %s%n", person, link));
    System.out.println("  who has a link is that person; links stay the same");
    stopped.await();
    Reference.reachabilityFence(helidon); // the logging system lets go of loggers that nobody holds
    return 0;
  }
}
