package io.tracestore.system.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.system.packaging.Application.End;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An application works in a jar of jars, as Spring Boot makes it. */
class NestedJarTest extends ApplicationTests {
  @Override
  End run(String uri) {
    return application().runInNestedJar(List.of(), uri);
  }

  @Test
  void chronicle_says_that_it_works_on_the_class_path_only() {
    End end = run("chronicle:" + folder.resolve("t"));

    assertThat(end.exitCode()).isEqualTo(1);
    assertThat(end.errors()).contains("chronicle: works on the class path only");
  }
}
