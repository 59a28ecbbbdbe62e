package dev.imago.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.imago.suites.Leak;
import dev.imago.suites.ModelReply;
import dev.imago.suites.PromptOptions;
import dev.imago.suites.ScoredItem;
import dev.imago.suites.Suite;
import dev.imago.suites.TaskRun;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContaminationTest {
  @Test
  void scoresAreToldWithAndWithoutWhatWasRead() throws Exception {
    TaskRun task =
        Suite.read(List.of(SuiteConformanceTest.task("yesno")), PromptOptions.USUAL)
            .tasks()
            .getFirst();
    var scored = new ArrayList<ScoredItem>();
    for (int i = 0; i < task.items().size(); i++) {
      // Right on the first three, which it has read, and wrong on all others.
      boolean yes = task.items().get(i).gold().equals("yes") == i < 3;
      List<ModelReply> replies =
          List.of(
              new ModelReply.Likelihood(yes ? -2 : -1, false, 1),
              new ModelReply.Likelihood(yes ? -1 : -2, false, 1));
      scored.add(task.scored(task.items().get(i), replies));
    }
    var result = new SuiteEvaluation.TaskResult(task, scored, task.scores(scored));
    Contamination.Split split =
        Contamination.split(
                List.of(result),
                each -> {
                  for (int i = 0; i < 3; i++) {
                    each.accept("doc " + i, "x y z " + task.items().get(i).row().get("passage"));
                  }
                  each.accept("other", "nothing of the kind");
                },
                _ -> {})
            .get("tiny_yesno");
    assertEquals(List.of(0, 1, 2), split.leaks().stream().map(Leak::item).toList());
    assertEquals(3.0 / 18, split.with().getFirst().value(), 1e-12);
    assertEquals(0, split.without().getFirst().value());
    assertEquals(15, split.without().getFirst().items());
  }

  @Test
  void chineseScriptsAreTheSame() {
    Contamination.Found found =
        Contamination.look(
            List.of("这个国家的首都是哪一个城市？"), each -> each.accept("t", "請問這個國家的首都\n是哪一個城市"), _ -> {});
    assertEquals(Leak.Kind.WHOLE, found.leaks().getFirst().kind());
  }
}
