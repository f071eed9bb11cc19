package io.tracestore.spring;

import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Starts real applications. */
public final class Applications {
  private Applications() {}

  /** Has nothing of its own. */
  @EnableAutoConfiguration
  public static class Plain {
    /** For Spring. */
    public Plain() {}
  }

  /** Runs an application with properties such as {@code tracestore.uri=mem:}. */
  public static ConfigurableApplicationContext run(Class<?> application, String... properties) {
    List<String> arguments = new ArrayList<>();
    for (String property : properties) {
      arguments.add("--" + property);
    }
    arguments.add("--logging.level.root=off");
    return new SpringApplicationBuilder(application)
        .web(WebApplicationType.NONE)
        .bannerMode(org.springframework.boot.Banner.Mode.OFF)
        .registerShutdownHook(false)
        .run(arguments.toArray(String[]::new));
  }
}
