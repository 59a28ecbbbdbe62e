package dev.imago.cli;

import dev.imago.accounts.Accounts;
import dev.imago.accounts.Role;
import dev.imago.core.Bounds;
import dev.imago.core.ConfigException;
import dev.imago.core.Nearest;
import dev.imago.http.Gate;
import dev.imago.http.PemTls;
import dev.imago.labelling.ActiveRounds;
import dev.imago.labelling.LabelProject;
import dev.imago.labelling.LabelServer;
import dev.imago.labelling.TextLearner;
import dev.imago.state.State;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.SSLContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// Serves the page of annotators.
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = {
      "Serve the pages of annotators and reviewers until stopped. Each person gets a link of his"
          + " own, the same after a restart: who has the link is that person.",
      "A reviewer sees what all answered of an item that is done, and accepts an answer, decides,"
          + " or sends back."
    },
    footer = {
      "",
      "Example:  imago annotate serve reviews --person ann --person bob --reviewer rita"
    })
final class AnnotateServeCommand implements Callable<Integer> {
  private static final String LINEAR = "linear";

  @ParentCommand private AnnotateCommand parent = new AnnotateCommand();
  @Mixin private AnnotateCommand.Where where = new AnnotateCommand.Where();

  @Option(
      names = "--person",
      paramLabel = "NAME",
      description = "Who labels, as often as there are people (default: who is there already).")
  private List<String> people = new ArrayList<>();

  @Option(
      names = "--reviewer",
      paramLabel = "NAME",
      description = "Who decides between answers, and may label, too.")
  private List<String> reviewers = new ArrayList<>();

  @Option(
      names = "--sign-in",
      description =
          "Annotators, reviewers and owners of `imago users` come in, too, by name and password, or"
              + " by their keys.")
  private boolean signIn;

  @Mixin private NextOptions next = new NextOptions();

  @Option(
      names = "--suggest",
      description = "What the learning model says of the items that it chose is shown with them.")
  private boolean suggest;

  @Option(
      names = "--learner",
      paramLabel = "MODEL",
      description =
          "What learns beside the queue: linear (default), or a model that is tuned anew each"
              + " round, such as an encoder (weights/3f2a).")
  private String learner = LINEAR;

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

  @Mixin private TlsOptions tls = new TlsOptions();

  private TextLearner learner(LabelProject project) {
    if (learner.equals(LINEAR)) {
      return TextLearner.linear();
    }
    if (project.choosing().next().contains("disagreement")) {
      throw new ConfigException(
          "disagreement learns several models each round; take --learner linear, or another strategy than %s"
              .formatted(project.choosing().next()));
    }
    return new TunedLearner(parent.imago, learner, project.name());
  }

  @Override
  public Integer call() throws InterruptedException {
    Bounds.whole("--port", port, 0, 65_535, "0 takes any free one");
    Optional<SSLContext> secure = tls.files(PemTls::context);
    if (signIn && secure.isEmpty() && !Gate.isLoopback(host)) {
      throw new ConfigException(
          "--sign-in on %s would send passwords for all to read; give --tls-cert and --tls-key, or listen on 127.0.0.1 behind a proxy that has them"
              .formatted(host));
    }
    Logger helidon = Logger.getLogger("io.helidon");
    helidon.setLevel(Level.WARNING); // its greetings are not our user's business
    State state = where.open(parent);
    CountDownLatch stopped = new CountDownLatch(1);
    LabelServer server;
    Optional<Accounts> accounts = Optional.empty();
    Optional<ActiveRounds> rounds = Optional.empty();
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
      for (String reviewer : reviewers) {
        if (removed.contains(reviewer)) {
          throw new ConfigException(
              "--reviewer = %s stands beside --remove %s; leave one of them out"
                  .formatted(reviewer, reviewer));
        }
      }
      for (String person : people) {
        if (reviewers.contains(person) || removed.contains(person)) {
          throw new ConfigException(
              "--person = %s stands beside %s %s; a reviewer labels, too"
                  .formatted(person, removed.contains(person) ? "--remove" : "--reviewer", person));
        }
        project.member(new LabelProject.Member(person, Role.ANNOTATOR));
      }
      reviewers.forEach(r -> project.member(new LabelProject.Member(r, Role.REVIEWER)));
      if (project.labelling().isEmpty() && !signIn) {
        throw new ConfigException(
            "nobody labels «%s» yet; name people with --person, or let them --sign-in"
                .formatted(project.name()));
      }
      accounts = signIn ? Optional.of(where.accounts(parent)) : Optional.empty();
      if (accounts.filter(open -> !open.people().areThere()).isPresent()) {
        throw new ConfigException(
            "--sign-in: nobody has an account; `imago users invite NAME --role annotator` invites,"
                + " and `imago console` takes the invitation");
      }
      if (next.areGiven()) {
        project.choose(next.over(project.choosing()));
      }
      if (suggest && !project.choosing().learns()) {
        throw new ConfigException(
            "--suggest is of a model that learns, and next = %s has none; give --next margin, or have `imago annotate suggest` propose"
                .formatted(project.choosing().next()));
      }
      if (!learner.equals(LINEAR) && !project.choosing().learns()) {
        throw new ConfigException(
            "--learner = %s learns for a strategy, and next = %s has none; give --next margin"
                .formatted(learner, project.choosing().next()));
      }
      if (project.choosing().learns()) {
        rounds =
            Optional.of(
                new ActiveRounds(
                        project,
                        learner(project),
                        suggest,
                        note -> System.err.println("imago: " + note))
                    .start());
      }
      server =
          LabelServer.start(
              project, accounts, new LabelServer.Listening(host, port, secure), List.of());
    } catch (RuntimeException e) {
      rounds.ifPresent(ActiveRounds::close);
      accounts.ifPresent(Accounts::close);
      state.close();
      throw e;
    }
    Optional<Accounts> opened = accounts;
    Optional<ActiveRounds> learning = rounds;
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  server.close();
                  learning.ifPresent(ActiveRounds::close);
                  opened.ifPresent(Accounts::close);
                  state.close();
                  stopped.countDown();
                },
                "stop"));
    System.out.printf("%nLabelling «%s»  (Ctrl-C stops it)%n", where.project);
    server.links().forEach((person, link) -> System.out.printf("  %s   %s%n", person, link));
    System.out.println("  who has a link is that person; links stay the same");
    if (signIn) {
      System.out.println("  others sign in at " + server.address());
    }
    stopped.await();
    Reference.reachabilityFence(helidon); // the logging system lets go of loggers that nobody holds
    return 0;
  }
}
