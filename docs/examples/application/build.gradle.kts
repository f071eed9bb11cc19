plugins {
    application
}

repositories {
    mavenLocal() // as long as Tracestore is not released
    mavenCentral()
}

dependencies {
    implementation(platform("io.tracestore:tracestore-bom:0.1.0-SNAPSHOT"))
    implementation("io.tracestore:tracestore")
    runtimeOnly("io.tracestore:tracestore-sqlite")
    testImplementation("io.tracestore:tracestore-mem")
    testImplementation("org.junit.jupiter:junit-jupiter:6.1.3")
    testRuntimeOnly("org.junit.platform:junit-platform-launcher:6.1.3")
}

tasks.withType<JavaCompile> {
    options.release = 21
}

application {
    mainClass = "shop.Main"
    applicationDefaultJvmArgs = listOf("--enable-native-access=ALL-UNNAMED")
}

tasks.test {
    useJUnitPlatform()
    jvmArgs("--enable-native-access=ALL-UNNAMED")
}
