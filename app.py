"""The CDK app: one Dropcast stack per stage. `CDK_OUTDIR=cdk.out python app.py` synthesises without the CLI."""

from infra.app import make_app

if __name__ == "__main__":
    make_app().synth()
