"""Deploys the stack, unless it is already deployed with the same choices."""

from cli.deployment import cdk_command
from cli.deployment.cdk_command import CdkFailedError
from cli.deployment.deploy import deploy_assembly
from cli.doctor.aws_checks import judge_stack, use_settings_of
from cli.output import print_note
from cli.setup.found import Done, Failed, Found, NeedsAnswer, Setup
from cli.setup.kept_choices import parameters_of, read_choices
from cli.stack import Stack, StackMissingError, find_stack
from dropcast.publishing.intake.cost_estimate import MONTH, estimate

_NANO = 10**9
_EXAMPLE_BYTES = 100_000_000


def deploy(setup: Setup) -> Found:
    """Deploy if there is no stack, or if the stack differs from the choices. Later steps use the stack's settings."""
    stack = _deployed(setup.stage)
    if stack is not None:
        found = judge_stack(stack)
        if found.status == "act" or stack.status.endswith("IN_PROGRESS"):
            return Failed(found.words, found.fix or "")
        if found.status == "ok" and not _differs(stack):
            return _use(setup, stack, f"{stack.name} is deployed with these choices.")
    return _deploy(setup, ["-c", f"stage={setup.stage}"])


def _deploy(setup: Setup, arguments: list[str]) -> Found:
    """Print the changes and the cost, and deploy if the person agrees."""
    try:
        if "deploy" not in setup.answers:
            cdk_command.synthesise(arguments)
            cdk_command.show_difference(cdk_command.ASSEMBLY, arguments)
        wish = setup.yes("deploy", f"Deploy to {setup.facts['aws_account']}? {price_words()}")
        if isinstance(wish, NeedsAnswer):
            return wish
        if not wish:
            return Failed("Nothing was deployed.", "To deploy later, run the same command again.")
        print_note("Deploying; the first time this takes some minutes …")
        cdk_command.synthesise(arguments)
        passed = deploy_assembly(cdk_command.ASSEMBLY, arguments, ask=False)
    except CdkFailedError as error:
        return Failed(str(error), error.fix, ("deploy",))
    stack = _deployed(setup.stage)
    if stack is None or not passed:
        return Failed("The deployment does not work yet.", "Read the lines above, then run the same command again.")
    return _use(setup, stack, f"Deployed {stack.name}.")


def price_words() -> str:
    """The cost of the deployment per month and per video, at list prices."""
    video = sum(line.micro_usd for line in estimate("upload", _EXAMPLE_BYTES))
    return f"About {round(MONTH / _NANO)} US dollars a month, and {video / 10_000:.1f} cents for a video of 100 MB."


def _deployed(stage: str) -> Stack | None:
    try:
        return find_stack(stage)
    except StackMissingError:
        return None


def _differs(stack: Stack) -> bool:
    """Whether a parameter of the stack or its domain differs from the choices."""
    chosen = read_choices()
    domain = chosen.get("custom_domain")
    if domain and stack.outputs["PublicUrl"] != f"https://{domain}":
        return True
    return any(stack.parameters.get(name, value) != value for name, value in parameters_of(chosen).items())


def _use(setup: Setup, stack: Stack, words: str) -> Done:
    use_settings_of(stack)
    setup.facts |= {"url": stack.outputs["PublicUrl"], "console_url": stack.outputs["ConsoleUrl"]}
    lines = [f"The console: {stack.outputs['ConsoleUrl']}"]
    if target := stack.outputs.get("DomainTarget"):
        lines.append(f"Point a CNAME from your domain to {target}, if you have not done so.")
    return Done(words, tuple(lines))
